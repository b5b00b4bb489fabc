"""An entry as people see it in their audit log."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, select

from backend.accounting.books import Kind, entry
from backend.database import AnyRow


class TaskName(BaseModel):
    id: UUID
    title: str


class Entry(BaseModel):
    seq: int
    kind: Kind
    amount_cents: int
    balance_after_cents: int
    task: TaskName | None
    day: date
    created_at: datetime

    @classmethod
    def of(cls, row: AnyRow) -> "Entry":
        name = TaskName(id=row.task_id, title=row.task_title) if row.task_id else None
        return cls(**row._asdict(), task=name)


def newest_entries(
    connection: Connection, account_id: UUID, *conditions: ColumnElement[bool], limit: int
) -> list[Entry]:
    query = select(entry).where(entry.c.account_id == account_id, *conditions)
    return [Entry.of(row) for row in connection.execute(query.order_by(entry.c.seq.desc()).limit(limit))]
