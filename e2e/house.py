"""`make run`: the three services on SQLite with demo data, watched and stopped together.

Settings and secrets are kept in `$ATES_VAR/house.env`, which the services and their command lines read as well.
"""

import fcntl
import http.client
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import Process, set_start_method
from pathlib import Path
from typing import IO

from dotenv import dotenv_values
from honcho.manager import Manager
from honcho.printer import Printer

PORTS = {"FRONTEND_PORT": 8000, "AUTH_SERVICE_PORT": 8001, "BACKEND_PORT": 8002}
SECRETS = ("AUTH_SERVICE_SECRET", "AUTH_SERVICE_FRONTEND_SECRET", "AUTH_SERVICE_BACKEND_SECRET", "FRONTEND_SECRET")
SERVICES = ("auth-service", "backend", "frontend")
STARTING_SECONDS = 120


def main() -> None:
    set_start_method("fork")  # the process runner hands over what can not be pickled
    var = Path(os.environ.get("ATES_VAR", "var")).absolute()
    os.umask(0o077)  # databases, secrets and mail are nobody else's
    ports = chosen_ports(os.environ)
    refuse_taken(ports)
    var.mkdir(parents=True, exist_ok=True)
    lock = refuse_second_house(var)
    settings = house_settings(ports, known=dotenv_values(var / "house.env"))
    write_private(var / "house.env", "".join(f"{name}={value}\n" for name, value in settings.items()))
    status = watch(var, settings)
    lock.close()
    sys.exit(status)


def chosen_ports(environment: Mapping[str, str]) -> dict[str, int]:
    try:
        ports = {name: int(environment.get(name) or default) for name, default in PORTS.items()}
    except ValueError:
        sys.exit(f"{', '.join(PORTS)} must be port numbers.")
    if len(set(ports.values())) < len(ports):
        sys.exit(f"{', '.join(PORTS)} must be three different ports.")
    return ports


def refuse_taken(ports: Mapping[str, int]) -> None:
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                sys.exit(f"Port {port} can not be used ({error}). Choose another: {name}={port + 100} make run")


def refuse_second_house(var: Path) -> IO[str]:
    """Two houses on one data folder would pull the settings from under each other."""
    lock = (var / "house.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Another aTES runs on the data in {var}. Stop it, or choose another folder: ATES_VAR=… make run")
    return lock


def house_settings(ports: Mapping[str, int], *, known: Mapping[str, str | None]) -> dict[str, str]:
    """Everything the services need to find and trust each other. Secrets are made once and then kept."""
    url = {name.removesuffix("_PORT"): f"http://127.0.0.1:{port}" for name, port in ports.items()}
    kept = {name: known.get(name) or secrets.token_urlsafe(32) for name in SECRETS}
    return {
        **{name: str(port) for name, port in ports.items()},
        **kept,
        "AUTH_SERVICE_DEMO": "true",
        "AUTH_SERVICE_ISSUER": url["AUTH_SERVICE"],
        "AUTH_SERVICE_FRONTEND_URL": url["FRONTEND"],
        "BACKEND_DEMO": "true",
        "BACKEND_ISSUER": url["AUTH_SERVICE"],
        "BACKEND_CLIENT_SECRET": kept["AUTH_SERVICE_BACKEND_SECRET"],
        "BACKEND_FRONTEND_URL": url["FRONTEND"],
        "FRONTEND_PUBLIC_URL": url["FRONTEND"],
        "FRONTEND_ISSUER": url["AUTH_SERVICE"],
        "FRONTEND_CLIENT_SECRET": kept["AUTH_SERVICE_FRONTEND_SECRET"],
        "FRONTEND_BACKEND_URL": url["BACKEND"],
    }


def write_private(path: Path, text: str) -> None:
    """All of it or nothing, and for this user only."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def watch(var: Path, settings: Mapping[str, str]) -> int:
    """Run the services until one ends or somebody stops them; the exit status for `make run`."""
    commands = Path(sys.executable).parent
    manager = Manager(Printer(sys.stdout))
    for service in SERVICES:
        environment = {**os.environ, **settings, "ATES_VAR": str(var), "PYTHONUNBUFFERED": "1"}
        manager.add_process(service, f"exec '{commands / service}' serve --migrate", env=environment)
    with announcement(var, settings):
        manager.loop()
    stopped_by_hand = manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM)
    return 0 if stopped_by_hand else manager.returncode or 1


@contextmanager
def announcement(var: Path, settings: Mapping[str, str]) -> Iterator[None]:
    announcer = Process(target=announce, args=(var, dict(settings)), daemon=True)
    announcer.start()
    try:
        yield
    finally:
        announcer.kill()


def announce(var: Path, settings: Mapping[str, str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    ends = time.monotonic() + STARTING_SECONDS
    waiting = [int(settings[name]) for name in PORTS]
    while waiting and time.monotonic() < ends:
        waiting = [port for port in waiting if not ready(port)]
        time.sleep(0.05)
    if waiting:
        print(f"Not ready after {STARTING_SECONDS} s: ports {waiting}. The lines above should say why.", flush=True)
        return
    print(f"aTES is ready: {settings['FRONTEND_PUBLIC_URL']}", flush=True)
    print(f"The people and their beak shapes are on the sign-in page and in {var / 'demo.json'}.", flush=True)


def ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
