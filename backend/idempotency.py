"""One key, one effect: the key, the request's fingerprint and the answer live in the effect's own transaction.

A refusal leaves nothing behind, so the same key may be tried again after it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Integer, LargeBinary, String, Table, Uuid, select, update
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


def first_answer(connection: Connection, actor: UUID, key: Key, *, at: Moment) -> Answer | None:
    """Claims the key and returns None, or returns what was answered the first time.

    A second request with the same key waits here, on the unique row, until the first has committed.
    """
    claim = {"actor": actor, "key": key.key, "request_hash": key.request_hash, "created_at": at.instant}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(idempotency).values(claim).on_conflict_do_nothing()
    if connection.execute(insert.returning(idempotency.c.key)).first():
        return None
    columns = (idempotency.c.request_hash, idempotency.c.status, idempotency.c.body)
    row = connection.execute(select(*columns).where(*is_row(actor, key))).one()
    if row.request_hash != key.request_hash:
        raise IdempotencyKeyReused
    return Answer(row.status, row.body)


def keep_answer(connection: Connection, actor: UUID, key: Key, answer: Answer) -> None:
    connection.execute(update(idempotency).where(*is_row(actor, key)).values(status=answer.status, body=answer.body))


def is_row(actor: UUID, key: Key) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return idempotency.c.actor == actor, idempotency.c.key == key.key
