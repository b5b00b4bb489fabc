"""Strange products: known clients, set up from their own manuals, that know the issuer's address and their credentials.

The files in e2e/clients/ are those that docs/sign-in-for-your-product.md shows.
"""

import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from e2e.premises import COMMANDS, REPOSITORY, House, free_ports

CLIENTS = REPOSITORY / "e2e" / "clients"
STARTING_SECONDS = 30
ROTATION_SECONDS = 10


@dataclass
class Stranger:
    """A product on a port of its own. `add` what RFC 7591 calls its metadata, then run it."""

    house: House
    name: str
    port: int = field(default_factory=lambda: free_ports(("PRODUCT",))["PRODUCT"])
    registration: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def register(self, *, trusted: bool = True, **metadata: Any) -> None:
        """URIs may be given as paths. Of a trusted one nobody is asked for consent."""
        wanted = {"client_name": self.name} | {key: self.absolute(value) for key, value in metadata.items()}
        answer = self.house.command(
            "auth-service", "product", "add", "--metadata", "-", *(["--trusted"] if trusted else []),
            given=json.dumps(wanted),
        )  # fmt: skip
        self.registration = json.loads(answer)

    def absolute(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.absolute(one) for one in value]
        return f"{self.url}{value}" if isinstance(value, str) and value.startswith("/") else value

    @property
    def environment(self) -> dict[str, str]:
        """What the operator of such a product is told."""
        return {
            "ISSUER": self.house.issuer,
            "CLIENT_ID": self.registration["client_id"],
            "CLIENT_SECRET": self.registration.get("client_secret", ""),
            "PRODUCT_URL": self.url,
            "PATH": f"{COMMANDS}:{os.environ['PATH']}",  # where the machine has no Node, set-up put one there
        }

    @contextmanager
    def running(self, *command: str, also: dict[str, str] | None = None, folder: Path = CLIENTS) -> Iterator[str]:
        """Its address, while it answers there."""
        environment = os.environ | self.environment | (also or {})
        log = self.house.var.with_name(f"{self.port}.log")
        with log.open("w") as output:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=output, stderr=output, start_new_session=True
            )
        try:
            self.wait_for(process, log)
            yield self.url
        finally:
            stop(process)

    def wait_for(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        until = time.monotonic() + STARTING_SECONDS
        while not answers_anything(self.port):
            assert process.poll() is None, f"{self.name} stopped by itself:\n{log.read_text()}"
            assert time.monotonic() < until, f"{self.name} was not ready in time:\n{log.read_text()}"
            time.sleep(0.05)

    def token_of_its_own(self) -> str:
        """By client credentials."""
        known = (self.registration["client_id"], self.registration["client_secret"])
        answer = httpx2.post(f"{self.house.issuer}/token", data={"grant_type": "client_credentials"}, auth=known)
        return str(answer.raise_for_status().json()["access_token"])


def service(house: House, name: str) -> Stranger:
    """A product that speaks for itself."""
    product = Stranger(house, name)
    product.register(scope="openid")
    return product


def rotate_keys(house: House, asking: Stranger) -> None:
    """Until the running process signs with the new ones, which it says takes two seconds."""
    before = header_of(asking.token_of_its_own())
    house.command("auth-service", "keys", "rotate")
    until = time.monotonic() + ROTATION_SECONDS
    while header_of(asking.token_of_its_own()) == before:
        assert time.monotonic() < until
        time.sleep(0.1)


def header_of(token: str) -> str:
    """As it stands in the token; it names the key."""
    return token.split(".")[0]


def uvicorn(module: str, port: int) -> Sequence[str]:
    return (str(COMMANDS / "uvicorn"), f"{module}:app", "--log-level=warning", f"--port={port}")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """All that it started, too."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def answers_anything(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/favicon.ico")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
