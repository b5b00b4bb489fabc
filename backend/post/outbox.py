"""The outbox: a letter is posted in the transaction of the money it speaks of; carriers take it from here."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backend.business_day import Moment
from backend.database import UtcDateTime, metadata, new_ids

LEASE = timedelta(minutes=5)
ATTEMPTS = 10
FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 3600

outbox = Table(
    "outbox",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("topic", String(40), nullable=False),
    Column("dedup", String(200), nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("available_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("dead_at", UtcDateTime),
    Column("last_error", Text),
    Column("awaits_day", Date),  # stays in the house until that day is sealed
    *(
        Index(name, column, postgresql_where=text(condition), sqlite_where=text(condition))
        for name, column, condition in (
            ("ix_outbox_due", "available_at", "sent_at IS NULL AND dead_at IS NULL AND awaits_day IS NULL"),
            ("ix_outbox_dead", "id", "dead_at IS NOT NULL"),
            ("ix_outbox_awaits", "awaits_day", "awaits_day IS NOT NULL"),
        )
    ),
)


@dataclass(frozen=True)
class Letter:
    topic: str
    dedup: str
    payload: dict[str, Any]
    awaits_day: date | None = None


@dataclass(frozen=True)
class Leased:
    """A letter in a carrier's hands; comes back by itself when the carrier never returns."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


def post(connection: Connection, letters: Sequence[Letter], at: Moment) -> None:
    """Each letter once: its `dedup` says which it is."""
    rows = [
        {
            "id": letter_id,
            "topic": letter.topic,
            "dedup": letter.dedup,
            "payload": letter.payload,
            "attempts": 0,
            "created_at": at.instant,
            "available_at": at.instant,
            "awaits_day": letter.awaits_day,
        }
        for letter_id, letter in zip(new_ids(at.instant, len(letters)), letters, strict=True)
    ]
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(outbox).on_conflict_do_nothing(), rows)


def lease(connection: Connection, now: datetime, *, at_most: int) -> list[Leased]:
    """Takes due letters that no other carrier is at."""
    waiting = (outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.awaits_day.is_(None))
    columns = (outbox.c.id, outbox.c.topic, outbox.c.payload, outbox.c.attempts, outbox.c.created_at)
    query = (
        select(*columns).where(*waiting, outbox.c.available_at <= now).order_by(outbox.c.available_at).limit(at_most)
    )
    letters = [Leased(*row) for row in connection.execute(query.with_for_update(skip_locked=True))]
    if letters:
        taken = outbox.c.id.in_([letter.id for letter in letters])
        connection.execute(update(outbox).where(taken).values(available_at=now + LEASE, attempts=outbox.c.attempts + 1))
    return letters


def release(connection: Connection, day: date, at: Moment) -> None:
    """Lets the letters go that waited for that day."""
    values = {"awaits_day": None, "available_at": at.instant}
    connection.execute(update(outbox).where(outbox.c.awaits_day == day).values(values))


def mark_sent(connection: Connection, letter_id: UUID, now: datetime) -> None:
    """Given up by a carrier whose lease came later, it has arrived all the same."""
    sent = {"sent_at": now, "dead_at": None, "last_error": None}
    connection.execute(update(outbox).where(outbox.c.id == letter_id).values(sent))


def mark_failed(
    connection: Connection, letter: Leased, error: str, now: datetime, *, for_good: bool, dice: random.Random
) -> None:
    """Later again, with growing pauses; or a dead letter, which an admin may look at. Unless another has brought it."""
    values: dict[str, Any] = {"last_error": error[:1000]}
    if for_good or letter.attempts + 1 >= ATTEMPTS:
        values["dead_at"] = now
    else:
        values["available_at"] = now + pause_after(letter.attempts, dice)
    still_here = (outbox.c.id == letter.id, outbox.c.sent_at.is_(None))
    connection.execute(update(outbox).where(*still_here).values(values))


def pause_after(attempts: int, dice: random.Random) -> timedelta:
    """Exponential, with jitter, so that a mail server that comes back is not run over."""
    seconds: int = min(FIRST_PAUSE_SECONDS * 2**attempts, LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds * dice.uniform(0.5, 1))


def consider_sent(connection: Connection) -> None:
    """For history that was made up: nobody waits for those letters."""
    connection.execute(update(outbox).where(outbox.c.sent_at.is_(None)).values(sent_at=outbox.c.created_at))
