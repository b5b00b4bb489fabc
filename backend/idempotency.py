"""One key, one effect: the key, the request's fingerprint and the answer live in the effect's own transaction.

A refusal leaves nothing behind, so the same key may be tried again after it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, Uuid, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.business_day import Moment
from backend.database import UtcDateTime, metadata
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
    row = connection.execute(FIRST, {"by": actor, "named": key.key}).one()
    if row.request_hash != key.request_hash:
        raise IdempotencyKeyReused
    return Answer(row.status, row.body)


def keep_answer(connection: Connection, actor: UUID, key: Key, answer: Answer) -> None:
    connection.execute(KEEP, {"by": actor, "named": key.key, "status": answer.status, "body": answer.body})
