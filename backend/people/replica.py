"""The replica itself: one row a person, and one row that says how fresh all of them are."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from backend.database import AnyRow, UtcDateTime, metadata

UNKNOWN = "Someone unknown"

person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("role", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("locale", String(35)),  # BCP 47, when the directory tells it
    Index("ix_person_roster", "active", "role", "id"),
    Index("ix_person_name", "name", "id"),
)

people_feed = Table(
    "people_feed",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cursor", BigInteger, nullable=False),
    Column("contacted_at", UtcDateTime),  # the last time auth_service answered
    Column("failing_since", UtcDateTime),  # set while it does not
    CheckConstraint("id = 1", name="single"),
)


class Ref(BaseModel):
    """How others are told about a person."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    name: str
    version: int


class Person(Ref):
    email: str
    role: str
    active: bool
    locale: str | None = Field(default=None, max_length=35)


@dataclass(frozen=True)
class Freshness:
    cursor: int
    contacted_at: datetime | None
    failing_since: datetime | None

    @property
    def reachable(self) -> bool:
        """Whether auth_service answered the last time we asked."""
        return self.failing_since is None

    def age(self, now: datetime) -> timedelta:
        return now - self.contacted_at if self.contacted_at else timedelta.max


FIND = select(person).where(person.c.id == bindparam("wanted"))


def find_person(connection: Connection, person_id: UUID) -> Person | None:
    row = connection.execute(FIND, {"wanted": person_id}).first()
    return Person.model_validate(row._asdict()) if row else None


def find_by_email(connection: Connection, email: str) -> Person | None:
    row = connection.execute(select(person).where(person.c.email == email)).first()
    return Person.model_validate(row._asdict()) if row else None


def everybody(connection: Connection) -> list[Person]:
    rows = connection.execute(select(person).order_by(person.c.name, person.c.id))
    return [Person.model_validate(row._asdict()) for row in rows]


def ref(row: AnyRow) -> Ref:
    """From a row that outer-joins person as person_id, person_name, person_version."""
    return Ref(id=row.person_id, name=row.person_name or UNKNOWN, version=row.person_version or 0)


def refs(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Ref]:
    """A few people by their ids, the unknown among them as such."""
    rows = connection.execute(select(person.c.id, person.c.name, person.c.version).where(person.c.id.in_(ids)))
    known = {row.id: Ref(id=row.id, name=row.name, version=row.version) for row in rows}
    return {each: known.get(each) or Ref(id=each, name=UNKNOWN, version=0) for each in ids}


def store(connection: Connection, people: Iterable[Person]) -> None:
    """Takes over what is newer than what we have; several processes may bring the same news."""
    rows = [each.model_dump() for each in people]
    if not rows:
        return
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(person)
    news = {name: insert.excluded[name] for name in ("name", "email", "role", "active", "version", "locale")}
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=[person.c.id], set_=news, where=insert.excluded.version >= person.c.version
        ),
        rows,
    )


def freshness(connection: Connection) -> Freshness:
    columns = (people_feed.c.cursor, people_feed.c.contacted_at, people_feed.c.failing_since)
    return Freshness(*cast(tuple[Any, ...], connection.execute(select(*columns)).one()))


def note_contact(connection: Connection, cursor: int, now: datetime) -> None:
    cursor_reached = {"cursor": cursor} if cursor > freshness(connection).cursor else {}
    connection.execute(update(people_feed).values(contacted_at=now, failing_since=None, **cursor_reached))


def note_failure(connection: Connection, now: datetime) -> None:
    connection.execute(update(people_feed).where(people_feed.c.failing_since.is_(None)).values(failing_since=now))
