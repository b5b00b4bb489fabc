"""The outbox: a letter is posted in the transaction of the money it speaks of; carriers take it from here."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson
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
    literal,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backend.business_day import Moment
from backend.database import UtcDateTime, listed, metadata, new_ids

LEASE = timedelta(minutes=5)
ATTEMPTS = 10
FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 3600
NEVER_HEARD_OF = "Whoever carried it last never came back to tell."

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
    """A letter in a carrier's hands, after so many attempts; comes back by itself when the carrier never returns."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime


def post(connection: Connection, letters: Sequence[Letter], at: Moment) -> None:
    """Each letter once: its `dedup` says which it is."""
    for (topic, awaits_day), alike in groupby(letters, key=lambda letter: (letter.topic, letter.awaits_day)):
        put_in(connection, list(alike), topic, awaits_day, at)


def put_in(connection: Connection, letters: Sequence[Letter], topic: str, awaits_day: date | None, at: Moment) -> None:
    """In one statement, however many."""
    payloads = [orjson.dumps(letter.payload).decode() for letter in letters]
    dedups = [letter.dedup for letter in letters]
    new = listed(connection, id=new_ids(at.instant, len(letters)), dedup=dedups, payload=payloads)
    is_sqlite = connection.dialect.name == "sqlite"  # where JSON is kept as the text it is
    row = {
        "id": new.c.id,
        "topic": literal(topic),
        "dedup": new.c.dedup,
        "payload": new.c.payload if is_sqlite else new.c.payload.cast(JSON),
        "attempts": literal(0),
        "created_at": literal(at.instant, UtcDateTime),
        "available_at": literal(at.instant, UtcDateTime),
        "awaits_day": literal(awaits_day, Date),
    }
    rows = select(*row.values()).where(true())  # SQLite takes ON CONFLICT for a part of a join otherwise
    inserting = (sqlite if is_sqlite else postgresql).insert(outbox)
    connection.execute(inserting.from_select(list(row), rows, include_defaults=False).on_conflict_do_nothing())


def lease(connection: Connection, now: datetime, *, at_most: int) -> list[Leased]:
    """Takes due letters that no other carrier is at; one that no carrier came back from is a dead letter at last."""
    waiting = (outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.awaits_day.is_(None))
    columns = (outbox.c.id, outbox.c.topic, outbox.c.payload, outbox.c.attempts, outbox.c.created_at)
    query = (
        select(*columns).where(*waiting, outbox.c.available_at <= now).order_by(outbox.c.available_at).limit(at_most)
    )
    due = [Leased(*row) for row in connection.execute(query.with_for_update(skip_locked=True))]
    letters = [letter for letter in due if letter.attempts < ATTEMPTS]
    given_up = [letter for letter in due if letter.attempts >= ATTEMPTS]
    note(connection, letters, available_at=now + LEASE)
    note(connection, given_up, dead_at=now, last_error=NEVER_HEARD_OF)
    return letters


def note(connection: Connection, letters: Sequence[Leased], **values: Any) -> None:
    if letters:
        of_letters = outbox.c.id.in_([letter.id for letter in letters])
        connection.execute(update(outbox).where(of_letters).values(values))


def count_attempt(connection: Connection, letter: Leased) -> bool:
    """Before it is carried, whatever becomes of the carrier. False when another had it since, or has brought it."""
    still_ours = (outbox.c.attempts == letter.attempts, outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None))
    counting = update(outbox).where(outbox.c.id == letter.id, *still_ours).values(attempts=letter.attempts + 1)
    return connection.execute(counting).rowcount == 1


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
    """Later again, with growing pauses; or a dead letter, which an admin may look at. Unless another had it since."""
    values: dict[str, Any] = {"last_error": error[:1000]}
    if for_good or letter.attempts + 1 >= ATTEMPTS:
        values["dead_at"] = now
    else:
        values["available_at"] = now + pause_after(letter.attempts, dice)
    still_ours = (outbox.c.attempts == letter.attempts + 1, outbox.c.sent_at.is_(None))
    connection.execute(update(outbox).where(outbox.c.id == letter.id, *still_ours).values(values))


def pause_after(attempts: int, dice: random.Random) -> timedelta:
    """Exponential, with jitter, so that a mail server that comes back is not run over."""
    seconds: int = min(FIRST_PAUSE_SECONDS * 2**attempts, LONGEST_PAUSE_SECONDS)
    return timedelta(seconds=seconds * dice.uniform(0.5, 1))


def consider_sent(connection: Connection) -> None:
    """For history that was made up: nobody waits for those letters."""
    connection.execute(update(outbox).where(outbox.c.sent_at.is_(None)).values(sent_at=outbox.c.created_at))
