"""A task: its row, how others see it, and what the database itself promises about it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    Uuid,
    bindparam,
    select,
    text,
)

from backend.database import AnyRow, UtcDateTime, metadata
from backend.errors import NotFound
from backend.people.replica import Ref, person, ref

task = Table(
    "task",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", String(40)),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("assignee_id", Uuid, nullable=False),
    Column("status", String(4), nullable=False),
    Column("fee_cents", Integer, nullable=False),
    Column("reward_cents", Integer, nullable=False),
    Column("round_id", Uuid),  # the last reassignment that dealt it
    Column("created_by", Uuid, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("day_done", Date),  # the business day its reward was paid on
    CheckConstraint("status IN ('open', 'done')", name="status"),
    CheckConstraint("(status = 'done') = (day_done IS NOT NULL)", name="day_done"),
    CheckConstraint("(status = 'done') = (done_at IS NOT NULL)", name="done_at"),
    CheckConstraint("fee_cents BETWEEN 1000 AND 2000 AND fee_cents / 100 * 100 = fee_cents", name="fee"),
    CheckConstraint("reward_cents BETWEEN 2000 AND 4000 AND reward_cents / 100 * 100 = reward_cents", name="reward"),
    CheckConstraint("title <> '' AND replace(replace(title, '[', ''), ']', '') = title", name="title"),
    Index("ix_task_assignee", "assignee_id", "status", "id"),
    Index("ix_task_status", "status", "id"),
    Index(
        "ix_task_done",
        "day_done",
        "reward_cents",
        postgresql_where=text("day_done IS NOT NULL"),
        sqlite_where=text("day_done IS NOT NULL"),
    ),
)


class NoSuchTask(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such task.")


class TaskView(BaseModel):
    id: UUID
    key: str | None
    title: str
    description: str
    status: Literal["open", "done"]
    assignee: Ref
    fee_cents: int
    reward_cents: int
    created_at: datetime
    done_at: datetime | None
    can_complete: bool

    @classmethod
    def of(cls, row: AnyRow, viewer: UUID) -> "TaskView":
        mine_to_do = row.status == "open" and row.assignee_id == viewer
        return cls(**row._asdict(), assignee=ref(row), can_complete=mine_to_do)


def with_assignee() -> Select[Any]:
    return select(
        task,
        task.c.assignee_id.label("person_id"),
        person.c.name.label("person_name"),
        person.c.version.label("person_version"),
    ).join_from(task, person, person.c.id == task.c.assignee_id, isouter=True)


FIND = with_assignee().where(task.c.id == bindparam("wanted"))


def show(connection: Connection, task_id: UUID, viewer: UUID) -> TaskView:
    row = connection.execute(FIND, {"wanted": task_id}).first()
    if row is None:
        raise NoSuchTask
    return TaskView.of(row, viewer)
