"""The database: engine, sessions, column types. The edge opens a session; nobody inside commits.

On SQLite a writing transaction starts with BEGIN IMMEDIATE, so that two writers queue instead of failing half-way.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request
from sqlalchemy import Connection, DateTime, Dialect, Engine, String, create_engine, event, make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

TURN = "turn to write"
LONGEST_WAIT_SECONDS = 10


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC in and out, on an engine that keeps no zone as well."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {datetime: UtcTime}


# Text that sorts the same on both engines, whatever the locale of the server.
SORTED_TEXT = String().with_variant(String(collation="C"), "postgresql")


class Database:
    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        self._write = sessionmaker(self.engine, expire_on_commit=False)
        self._read = sessionmaker(self.engine.execution_options(reading=True), expire_on_commit=False)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self._write.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._read.begin() as session:
            yield session


def connect(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=20, max_overflow=25)
    if file := make_url(url).database:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_size=20, max_overflow=25)
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", Turns())
    event.listen(engine, "checkin", Turns.give_back)
    return engine


def prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; ours follows below
    for pragma in (f"busy_timeout = {LONGEST_WAIT_SECONDS * 1000}", "foreign_keys = ON", "synchronous = NORMAL"):
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


class Turns:
    """Writers of one process wait for their turn in a queue. SQLite lets them look again from time to time instead,
    with longer and longer naps, which is what it still does between processes."""

    def __init__(self) -> None:
        self.turn = Lock()

    def __call__(self, connection: Connection) -> None:
        if connection.get_execution_options().get("reading"):
            connection.exec_driver_sql("BEGIN")
            return
        if TURN not in connection.info and self.turn.acquire(timeout=LONGEST_WAIT_SECONDS):
            connection.info[TURN] = self.turn
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @staticmethod
    def give_back(_connection: Any, record: Any) -> None:
        """After commit or rollback, when the connection returns to the pool."""
        turn = record.info.pop(TURN, None)
        if turn:
            turn.release()


def write(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.house.database
    with database.writing() as session:
        yield session


def read(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.house.database
    with database.reading() as session:
        yield session


# Committed before the answer leaves (scope="function"), and rolled back when the route raises.
Writing = Annotated[Session, Depends(write, scope="function")]
Reading = Annotated[Session, Depends(read, scope="function")]
