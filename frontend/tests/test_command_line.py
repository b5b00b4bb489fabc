"""`frontend serve` and `frontend migrate`, as one types them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from frontend.command_line import app
from frontend.tests.serving import free_port

pytestmark = pytest.mark.thorough


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "ATES_VAR": str(tmp_path),
        "FRONTEND_PORT": str(free_port()),
        "FRONTEND_SECRET": "s" * 40,
        "FRONTEND_CLIENT_SECRET": "c" * 40,
    }


def test_serving_starts_migrated_and_stops_when_told(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", "from frontend.command_line import app; app()", "serve", "--migrate"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603 (our own command)
    try:
        assert wait_until_ready(f"http://127.0.0.1:{environment['FRONTEND_PORT']}/readyz")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)
    assert process.returncode in (0, -signal.SIGTERM)


def wait_until_ready(url: str) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            return httpx2.get(url, timeout=1).status_code == 200
        except httpx2.TransportError:
            time.sleep(0.05)
    return False


@pytest.mark.parametrize("verb", ["serve", "migrate"])
def test_without_a_secret_one_sentence_says_what_to_do(verb: str) -> None:
    result = CliRunner().invoke(app, [verb])
    assert result.exit_code == 2
    assert "FRONTEND_SECRET is not set" in result.output


def test_migrating_makes_the_database(environment: dict[str, str], tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["migrate"], env=environment).exit_code == 0
    assert (tmp_path / "frontend.db").exists()
