"""The tray of letters as admins see it: waiting, sent, dead; a dead one may be sent again."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, select, union_all, update

from backend.business_day import Moment
from backend.database import AnyRow
from backend.errors import NotFound, Refused
from backend.people.replica import Ref, person
from backend.post.outbox import outbox

State = Literal["waiting", "sent", "dead"]
ON_THEIR_WAY = outbox.c.sent_at.is_(None) & outbox.c.dead_at.is_(None)
STATES: dict[State, ColumnElement[bool]] = {
    "waiting": outbox.c.id.in_(  # each half has an index of its own, and those sent long ago are in neither
        union_all(
            select(outbox.c.id).where(ON_THEIR_WAY, outbox.c.awaits_day.is_(None)),
            select(outbox.c.id).where(ON_THEIR_WAY, outbox.c.awaits_day.is_not(None)),
        )
    ),
    "sent": outbox.c.sent_at.is_not(None),
    "dead": outbox.c.dead_at.is_not(None),
}


class NoSuchLetter(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such letter.")


class NotADeadLetter(Refused):
    title = "This letter needs no help"

    def __init__(self) -> None:
        super().__init__("Only a letter that could not be delivered is sent again; this one is sent or on its way.")


class LetterView(BaseModel):
    """`awaits_day`: it leaves when that day is sealed. `last_error` in the mail server's own words."""

    id: UUID
    topic: str
    person: Ref | None
    day: str | None
    state: State
    attempts: int
    created_at: datetime
    available_at: datetime
    awaits_day: date | None
    sent_at: datetime | None
    dead_at: datetime | None
    last_error: str | None

    @classmethod
    def of(cls, row: AnyRow, people: dict[UUID, Ref]) -> "LetterView":
        receiver = people.get(UUID(row.payload["person_id"])) if "person_id" in row.payload else None
        return cls(**row._asdict(), person=receiver, day=row.payload.get("day"), state=state_of(row))


class Tray(BaseModel):
    items: list[LetterView]
    next: UUID | None


def state_of(row: AnyRow) -> State:
    if row.dead_at:
        return "dead"
    return "sent" if row.sent_at else "waiting"


def show_tray(connection: Connection, state: State, *, after: UUID | None, limit: int) -> Tray:
    """Newest first; `after` is the last one seen."""
    query = select(outbox).where(STATES[state]).order_by(outbox.c.id.desc()).limit(limit + 1)
    rows = connection.execute(query.where(outbox.c.id < after) if after else query).all()
    people = receivers(connection, rows[:limit])
    items = [LetterView.of(row, people) for row in rows[:limit]]
    return Tray(items=items, next=items[-1].id if len(rows) > limit else None)


def receivers(connection: Connection, rows: Any) -> dict[UUID, Ref]:
    ids = {UUID(row.payload["person_id"]) for row in rows if "person_id" in row.payload}
    query = select(person.c.id, person.c.name, person.c.version).where(person.c.id.in_(ids))
    return {row.id: Ref(**row._asdict()) for row in connection.execute(query)}


def resend(connection: Connection, letter_id: UUID, at: Moment) -> LetterView:
    """With all its attempts before it again. Raises NoSuchLetter, NotADeadLetter."""
    again = {"dead_at": None, "attempts": 0, "available_at": at.instant}
    of_letter = outbox.c.id == letter_id
    revived = connection.execute(update(outbox).where(of_letter, outbox.c.dead_at.is_not(None)).values(again))
    row = connection.execute(select(outbox).where(of_letter)).first()
    if row is None:
        raise NoSuchLetter
    if revived.rowcount == 0:
        raise NotADeadLetter
    return LetterView.of(row, receivers(connection, [row]))
