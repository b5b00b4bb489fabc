"""A database that often says "again, please": every n-th transaction of ours fails as it commits, as 40001 does.

On PostgreSQL all of them run at SERIALIZABLE as well, where the server itself has reasons to refuse.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from backend import database


class AskedToRepeatError(sqlite3.OperationalError):
    """As the driver of PostgreSQL tells of it."""

    sqlstate = "40001"


def asked_to_repeat() -> OperationalError:
    return OperationalError("COMMIT", None, AskedToRepeatError("could not serialize access"))


@contextmanager
def every_nth_commit_fails(n: int) -> Iterator[None]:
    commits = count(1)

    def refuse(_connection: Connection) -> None:
        if is_ours() and next(commits) % n == 0:
            raise asked_to_repeat()

    def isolate(connection: Connection) -> None:
        if connection.dialect.name == "postgresql" and is_ours():
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")

    event.listen(Engine, "commit", refuse)
    event.listen(Engine, "begin", isolate)
    try:
        yield
    finally:
        event.remove(Engine, "commit", refuse)
        event.remove(Engine, "begin", isolate)


def is_ours() -> bool:
    """Whether this transaction was begun by `writing`, which promises to repeat it."""
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]
        if frame.f_code is database.writing.__code__:
            return True
    return False
