"""The service as an installation runs it: `auth-service serve` in a process of its own, answering on a real port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from typer.testing import CliRunner

from auth_service.command_line import app

SERVE = [sys.executable, "-m", "auth_service", "serve", "--migrate"]
READY_WITHIN_SECONDS = 15


def environment_of(database_url: str, var: Path, **settings: str) -> dict[str, str]:
    """Of an installation in the folder `var`; `settings` are named without the prefix."""
    ours = {
        "DATABASE_URL": database_url,
        "SECRET": "a secret for tests that nobody else has",
        "PORT": str(free_port()),
        "BACKEND_SECRET": "backend-" * 5,
        "BEAK_HASH_MEMORY_KIB": "64",
    }
    named = {f"AUTH_SERVICE_{name}": value for name, value in (ours | settings).items()}
    return os.environ | {"ATES_VAR": str(var)} | named


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def address_of(environment: Mapping[str, str]) -> str:
    return f"http://127.0.0.1:{environment['AUTH_SERVICE_PORT']}"


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a running service. It must have gone, without complaint, within five seconds of being asked to."""
    with subprocess.Popen(SERVE, env=environment) as process:  # noqa: S603 (our own command)
        try:
            wait_until_ready(address_of(environment))
            yield address_of(environment)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def wait_until_ready(address: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    with httpx2.Client(verify=False) as client:
        while time.monotonic() < deadline:
            try:
                if client.get(f"{address}/readyz").status_code == 200:
                    return
            except httpx2.TransportError:
                time.sleep(0.05)
    raise TimeoutError(address)


def at_the_console(environment: Mapping[str, str], *words: str, typed: str | None = None) -> dict[str, Any]:
    """What a command that was typed in this installation has told."""
    answer = CliRunner(env=dict(environment)).invoke(app, list(words), input=typed)
    assert answer.exit_code == 0, answer.stderr
    told: dict[str, Any] = json.loads(answer.stdout)
    return told
