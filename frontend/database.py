"""The frontend's own database: sessions, and the logout tokens already heard.

On SQLite a transaction that writes starts with BEGIN IMMEDIATE, so that two writers queue instead of failing half-way.
"""

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 0x61544553  # the advisory lock that migrating processes queue on


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in and out, on an engine that keeps no zone as well."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


def open_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=20, max_overflow=25)
    if file := make_url(url).database:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=20, max_overflow=25)
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in ("busy_timeout = 10000", "foreign_keys = ON", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        switch_to_wal(connection)


def switch_to_wal(connection: Any) -> None:
    """Once in a file's life. SQLite does not wait by itself for others who open the new file at the same time."""
    for pause_seconds in (0.05, 0.1, 0.2, 0.5, 1, 3):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            time.sleep(pause_seconds)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


def reading(engine: Engine) -> Engine:
    """The same engine, for transactions that never wait for a writer."""
    return engine.execution_options(reads_only=True)


def migrate(database_url: str) -> None:
    """Brings the database to the newest form. Several processes may call it at once: the second finds the work done."""
    engine = open_engine(database_url)
    try:
        if not is_ready(engine):
            upgrade(engine)
    finally:
        engine.dispose()


def upgrade(engine: Engine) -> None:
    from alembic import command  # half a second that a start without news does not spend
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_ready(engine: Engine) -> bool:
    """Whether the database answers and is migrated."""
    try:
        with reading(engine).connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest_revision()
    except DBAPIError:
        return False


def newest_revision() -> str:
    return max(file.stem.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))
