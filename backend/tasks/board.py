"""The task board: lists with filters, newest first, paged by the last id seen."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from backend.tasks.outlook import COUNTED_TO, Assignment
from backend.tasks.task import TaskView, task, with_assignee

Show = Literal["mine", "all"]
Status = Literal["open", "done", "any"]


class Counts(BaseModel):
    """Each counted no further than to `counted_to`: that figure means as many or more."""

    mine_open: int
    open: int
    done: int
    counted_to: int


class Board(BaseModel):
    items: list[TaskView]
    next: str | None
    counts: Counts
    balance_cents: int
    mark: int  # of the viewer's account, for GET /nudges
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
    mine_open, open_, done = (
        count_up(connection, condition)
        for condition in (is_mine_to_do(viewer), task.c.status == "open", task.c.status == "done")
    )
    return Counts(mine_open=mine_open, open=open_, done=done, counted_to=COUNTED_TO)


def count_mine(connection: Connection, viewer: UUID) -> int:
    return count_up(connection, is_mine_to_do(viewer))


def is_mine_to_do(viewer: UUID) -> ColumnElement[bool]:
    return and_(task.c.assignee_id == viewer, task.c.status == "open")


def count_up(connection: Connection, condition: ColumnElement[bool]) -> int:
    some = select(task.c.id).where(condition).limit(COUNTED_TO).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()
