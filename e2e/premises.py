"""A house of its own for a test: `make run` on free ports with a data folder of its own."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
COMMANDS = REPOSITORY / ".venv" / "bin"
PORT_NAMES = ("FRONTEND_PORT", "AUTH_SERVICE_PORT", "BACKEND_PORT")
STARTING_SECONDS = 90


@dataclass
class House:
    """One running installation; `output` holds what it has printed."""

    var: Path
    ports: dict[str, int] = field(default_factory=lambda: free_ports(PORT_NAMES))
    process: "subprocess.Popen[str] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['FRONTEND_PORT']}"

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.ports['AUTH_SERVICE_PORT']}"

    @property
    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        return plain | {name: str(port) for name, port in self.ports.items()} | {"ATES_VAR": str(self.var)}

    @property
    def log(self) -> Path:
        return self.var.with_suffix(".log")

    def found(self, *, tasks: int, popugs: int) -> None:
        """Before it starts: a company made up in bulk, as large as that."""
        self.var.mkdir()
        self.command("backend", "migrate")
        self.command("backend", "demo", "--tasks", str(tasks), "--people", str(popugs))

    def start(self) -> float:
        """Seconds until it said that it is ready."""
        begun = time.monotonic()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                ["make", "run"], cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, text=True,
                start_new_session=True,
            )  # fmt: skip
        starts = self.output().count("aTES is ready")
        while self.output().count("aTES is ready") == starts:
            assert self.process.poll() is None, f"it stopped by itself:\n{self.output()}"
            assert time.monotonic() - begun < STARTING_SECONDS, f"it was not ready in time:\n{self.output()}"
            time.sleep(0.05)
        return time.monotonic() - begun

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> int:
        """Signal the whole process group, as a terminal does; the exit status of `make run`."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signum)
        return self.process.wait(timeout=15)

    def output(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def people(self) -> list[dict[str, str]]:
        people: list[dict[str, str]] = json.loads((self.var / "demo.json").read_text())
        return people

    def command(self, *words: str, given: str | None = None) -> str:
        """What a console script of this installation prints, e.g. `command("auth-service", "keys", "list")`."""
        done = subprocess.run(
            [str(COMMANDS / words[0]), *words[1:]], cwd=REPOSITORY, env=self.environment, input=given,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout}"
        return done.stdout

    def process_id(self, service: str) -> int:
        """Of the latest start."""
        line = [line for line in self.output().splitlines() if f"{service} started (pid=" in line][-1]
        return int(line.split("(pid=")[1].rstrip(")"))

    @contextmanager
    def frozen(self, service: str) -> Iterator[None]:
        """The service keeps its connections but answers nobody."""
        os.kill(self.process_id(service), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process_id(service), signal.SIGCONT)

    def answering(self) -> list[str]:
        return [name for name, port in self.ports.items() if answers(port)]


def free_ports(names: tuple[str, ...]) -> dict[str, int]:
    sockets = [socket.socket() for _ in names]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = {name: each.getsockname()[1] for name, each in zip(names, sockets, strict=True)}
    for each in sockets:
        each.close()
    return ports


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
