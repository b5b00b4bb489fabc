"""The task board: lists with filters, newest first, paged by the last id seen."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, func, or_, select

from backend.tasks.outlook import Assignment
from backend.tasks.task import TaskView, task, with_assignee

Show = Literal["mine", "all"]
Status = Literal["open", "done", "any"]


class Counts(BaseModel):
    mine_open: int
    open: int
    done: int


class Board(BaseModel):
    items: list[TaskView]
    next: str | None
    counts: Counts
    balance_cents: int
    assignment: Assignment | None


def wanted(viewer: UUID, *, show: Show, status: Status, assignee: UUID | None, words: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if show == "mine":
        conditions.append(task.c.assignee_id == viewer)
    if status != "any":
        conditions.append(task.c.status == status)
    if assignee:
        conditions.append(task.c.assignee_id == assignee)
    if words := " ".join(words.split()):
        conditions.append(or_(task.c.title.icontains(words, autoescape=True), task.c.key == words.upper()))
    return conditions


def page(
    connection: Connection, viewer: UUID, conditions: list[ColumnElement[bool]], *, after: UUID | None, limit: int
) -> tuple[list[TaskView], str | None]:
    """The tasks, and where the next page begins."""
    if after:
        conditions = [*conditions, task.c.id < after]
    query = with_assignee().where(*conditions).order_by(task.c.id.desc()).limit(limit + 1)
    rows = connection.execute(query).all()
    items = [TaskView.of(row, viewer) for row in rows[:limit]]
    return items, str(items[-1].id) if len(rows) > limit else None


def count(connection: Connection, viewer: UUID) -> Counts:
    by_status = select(task.c.status, func.count()).group_by(task.c.status)
    found: dict[str, int] = dict(map(tuple, connection.execute(by_status)))
    return Counts(mine_open=count_mine(connection, viewer), open=found.get("open", 0), done=found.get("done", 0))


def count_mine(connection: Connection, viewer: UUID) -> int:
    query = select(func.count()).where(task.c.assignee_id == viewer, task.c.status == "open")
    return connection.execute(query).scalar_one()
