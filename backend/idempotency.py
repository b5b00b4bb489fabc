"""One key, one effect: the key, the request's fingerprint and the answer live in the effect's own transaction.

A refusal leaves nothing behind, so the same key may be tried again after it. After a week a key is forgotten.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backend.business_day import Moment
from backend.database import UtcDateTime, metadata, reading, writing
from backend.errors import Refused

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", Uuid, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", LargeBinary(32), nullable=False),
    Column("status", Integer),
    Column("body", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
)


KEPT = timedelta(days=7)
SWEPT_AT_ONCE = 500
NOBODY = UUID(int=0)  # smaller than every actor


class IdempotencyKeyReused(Refused):
    status = 422
    title = "This key belongs to another request"

    def __init__(self) -> None:
        super().__init__("The Idempotency-Key was used before with another request. Use a new key for a new request.")


@dataclass(frozen=True)
class Key:
    key: str
    request_hash: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


IS_ROW = (idempotency.c.actor == bindparam("by"), idempotency.c.key == bindparam("named"))
FIRST = select(idempotency.c.request_hash, idempotency.c.status, idempotency.c.body).where(*IS_ROW)
KEEP = update(idempotency).where(*IS_ROW).values(status=bindparam("status"), body=bindparam("body"))
PLACE = (idempotency.c.actor, idempotency.c.key)
AFTER = (bindparam("actor", type_=Uuid), bindparam("named", type_=String))
FURTHER = select(*PLACE, idempotency.c.created_at).where(tuple_(*PLACE) > tuple_(*AFTER)).order_by(*PLACE)
CLAIM = {
    name: dialect.insert(idempotency).on_conflict_do_nothing().returning(idempotency.c.key)
    for name, dialect in (("postgresql", postgresql), ("sqlite", sqlite))
}


def first_answer(connection: Connection, actor: UUID, key: Key, *, at: Moment) -> Answer | None:
    """Claims the key and returns None, or returns what was answered the first time.

    A second request with the same key waits here, on the unique row, until the first has committed.
    """
    claim = {"actor": actor, "key": key.key, "request_hash": key.request_hash, "created_at": at.instant}
    if connection.execute(CLAIM[connection.dialect.name], claim).first():
        return None
    return earlier_answer(connection, actor, key) or first_answer(connection, actor, key, at=at)  # forgotten meanwhile


def earlier_answer(connection: Connection, actor: UUID, key: Key) -> Answer | None:
    """What was answered the first time, if there was one; claims nothing."""
    row = connection.execute(FIRST, {"by": actor, "named": key.key}).first()
    if row is None:
        return None
    if row.request_hash != key.request_hash:
        raise IdempotencyKeyReused
    return Answer(row.status, row.body)


def keep_answer(connection: Connection, actor: UUID, key: Key, answer: Answer) -> None:
    connection.execute(KEEP, {"by": actor, "named": key.key, "status": answer.status, "body": answer.body})


def sweep(engine: Engine, now: datetime, stop: threading.Event | None = None) -> int:
    """Forgets what is older than a week; how many keys that were.

    Once along the primary key, a few rows at a time: an index by age would cost every keyed request something.
    """
    forgotten, place = 0, (NOBODY, "")
    while not (stop and stop.is_set()):
        with reading(engine) as connection:
            rows = connection.execute(FURTHER.limit(SWEPT_AT_ONCE), {"actor": place[0], "named": place[1]}).all()
        old = [(row.actor, row.key) for row in rows if row.created_at < now - KEPT]
        if old:
            forgotten += writing(engine, partial(forget, keys=old, before=now - KEPT))
        if len(rows) < SWEPT_AT_ONCE:
            break
        place = (rows[-1].actor, rows[-1].key)
    return forgotten


def forget(connection: Connection, keys: list[tuple[UUID, str]], *, before: datetime) -> int:
    """`before` again, for one that another process forgot meanwhile may have been used anew."""
    named = tuple_(*PLACE).in_(keys)
    return connection.execute(delete(idempotency).where(named, idempotency.c.created_at < before)).rowcount
