"""An entry as people see it in their audit log."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Select, select

from backend.accounting.books import Kind, entry
from backend.database import AnyRow
from backend.people.replica import Ref, person, ref


class TaskName(BaseModel):
    id: UUID
    title: str


class Entry(BaseModel):
    """`reason` and `actor` (who made it) are told of corrections only."""

    seq: int
    kind: Kind
    amount_cents: int
    balance_after_cents: int
    task: TaskName | None
    day: date
    created_at: datetime
    reason: str | None
    actor: Ref | None

    @classmethod
    def of(cls, row: AnyRow) -> "Entry":
        name = TaskName(id=row.task_id, title=row.task_title) if row.task_id else None
        actor = ref(row) if row.kind == Kind.CORRECTION else None
        return cls(**{**row._asdict(), "task": name, "actor": actor})


def with_actor() -> Select[Any]:
    return select(
        entry,
        person.c.id.label("person_id"),
        person.c.name.label("person_name"),
        person.c.version.label("person_version"),
    ).join_from(entry, person, person.c.id == entry.c.actor, isouter=True)


def newest_entries(
    connection: Connection, account_id: UUID, *conditions: ColumnElement[bool], limit: int
) -> list[Entry]:
    query = with_actor().where(entry.c.account_id == account_id, *conditions)
    return [Entry.of(row) for row in connection.execute(query.order_by(entry.c.seq.desc()).limit(limit))]
