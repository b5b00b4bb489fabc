"""The database: one engine on SQLite or PostgreSQL, transactions that read or write, and columns both understand."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any, TypeVar, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    FromClause,
    MetaData,
    Row,
    String,
    TypeDecorator,
    Uuid,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine
from uuid_utils.compat import uuid7

from backend.group_commit import GroupCommit

T = TypeVar("T")
AnyRow = Row[*tuple[Any, ...]]  # of a query whose columns the type checker does not follow

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

SQLITE = (
    "busy_timeout = 10000",
    "synchronous = FULL",
    "foreign_keys = ON",
    "cache_size = -16000",  # kB: a round touches pages all over the indexes
    "wal_autocheckpoint = 10000",  # pages: 40 MB of log, so that many commits share the wait for a checkpoint
)
TO_BE_REPEATED = ("40001", "40P01")  # serialization_failure, deadlock_detected
PAUSES_SECONDS = (0.01, 0.03, 0.1, 0.3)
PATIENCE_SECONDS = 10.0  # as long as SQLite waits for its one writer
BREATH_SECONDS = 0.03
GROUPS: WeakKeyDictionary[Engine, GroupCommit] = WeakKeyDictionary()  # of writers, for each engine on SQLite


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC on both sides of both engines; SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def open_engine(url: str, *, connections: int = 20) -> Engine:
    """An engine whose pool holds as many connections as there are worker threads, and some for the chores."""
    if url.startswith("sqlite"):
        engine = create_engine(  # a connection that was used lately has a warm cache
            url, pool_size=connections, max_overflow=8, pool_use_lifo=True, connect_args={"timeout": 10}
        )
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_sqlite)
        GROUPS[engine] = GroupCommit()
        return engine
    return create_engine(url, pool_size=connections, max_overflow=8)


def prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    for pragma in SQLITE:
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        switch_to_wal(connection)


def switch_to_wal(connection: Any) -> None:
    """Once in a file's life. SQLite does not wait by itself for others who open the new file at the same time."""
    for pause in (*PAUSES_SECONDS, 1, 3):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            time.sleep(pause)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


def begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One snapshot of everything, so that the figures of a page agree with each other; never waits for writers."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        else:
            connection.execution_options(reads_only=True)
        with connection.begin():
            yield connection


def writing(engine: Engine, deed: Callable[[Connection], T]) -> T:
    """Runs the deed in one transaction, and again from the start when the database asks for that.

    In a crowd on one account everybody but one is asked each time, so tries are bounded by time and not by number.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    for longest_pause in chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1])):
        try:
            return write_once(engine, deed)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in TO_BE_REPEATED or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, longest_pause))  # so that they do not meet again
    raise AssertionError


def let_others_write(engine: Engine) -> None:
    """Between the steps of long work. On SQLite each keeps all others out, who only look again from time to time."""
    if engine.dialect.name == "sqlite":
        time.sleep(BREATH_SECONDS)


def write_once(engine: Engine, deed: Callable[[Connection], T]) -> T:
    if group := GROUPS.get(engine):
        return cast(T, group.write(engine, deed))
    with engine.begin() as connection:
        return deed(connection)


LISTED: dict[type, TypeEngine[Any]] = {UUID: Uuid(), str: String(), int: BigInteger()}
Cells = Sequence[UUID] | Sequence[str] | Sequence[int]


def listed(connection: Connection, **columns: Cells) -> FromClause:
    """Values as a table with these columns, all of one length and not empty: what a set-based statement joins.

    They travel as one parameter of JSON, which takes a fraction of the time of arrays. PostgreSQL plans it as a hundred
    rows, whatever the number, and so finds each by its key: counting them, it would rather read whole tables.
    """
    types = {name: LISTED[type(values[0])] for name, values in columns.items()}
    if connection.dialect.name == "postgresql":
        return recordset(bindparam(None, as_rows(**columns), String), **types)
    each = func.json_each(as_rows(**columns)).table_valued("value")
    return select(*(cell(each.c.value, *of).label(of[0]) for of in types.items())).subquery()


def as_rows(**columns: Cells) -> str:
    return orjson.dumps([dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]).decode()


def recordset(rows: BindParameter[str], **types: TypeEngine[Any]) -> FromClause:
    """Such a table in a statement of PostgreSQL that is built once, and executed with `as_rows` of its columns."""
    columns = (column(*each) for each in types.items())
    return func.json_to_recordset(rows.cast(JSON)).table_valued(*columns).render_derived(with_types=True)


def cell(row: ColumnElement[Any], name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """SQLite keeps ids without their dashes."""
    value = func.json_extract(row, f"$.{name}", type_=kind)
    return func.replace(value, "-", "", type_=kind) if isinstance(kind, Uuid) else value


def new_id(at: datetime) -> UUID:
    """UUIDv7 (RFC 9562): later things have greater ids."""
    return uuid7(nanoseconds=int(at.timestamp() * 1_000) * 1_000_000)


def new_ids(at: datetime, count: int) -> list[UUID]:
    """As many ids of one instant, in ascending order."""
    return sorted(new_id(at) for _ in range(count))
