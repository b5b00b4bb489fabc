"""Done (T6): only by the assignee, only once, paid in the same transaction; the row's lock decides every race."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Date, Uuid, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from backend.accounting.books import Kind
from backend.accounting.ledger import About, Movement, record
from backend.accounting.rewards import rewarding
from backend.business_day import Moment
from backend.database import UtcDateTime
from backend.errors import Forbidden, Refused
from backend.tasks.task import NoSuchTask, task


class NotYourTask(Forbidden):
    title = "This task is not yours"

    def __init__(self) -> None:
        super().__init__("Only the popug who holds a task can say that it is done, and this one is held by another.")


class AlreadyCompleted(Refused):
    title = "Done already"

    def __init__(self) -> None:
        super().__init__("This task is done already, and was paid for once.")


@dataclass(frozen=True)
class Reward:
    earned_cents: int
    balance_cents: int


def complete(connection: Connection, task_id: UUID, *, by: UUID, at: Moment) -> Reward:
    """Raises NoSuchTask, NotYourTask, AlreadyCompleted."""
    if connection.dialect.name == "postgresql" and (reward := complete_in_one(connection, task_id, by=by, at=at)):
        return reward
    return complete_step_by_step(connection, task_id, by=by, at=at)


def complete_in_one(connection: Connection, task_id: UUID, *, by: UUID, at: Moment) -> Reward | None:
    """The common case in one statement; None, and nothing done, where there is something to say or a day to end first.

    Whoever waited for the task's lock sees the row as the other left it, and so does every later part.
    """
    mine = {"task": task_id, "actor": by, "today": at.day, "instant": at.instant}
    row = connection.execute(FINISHING, mine).first()
    return Reward(earned_cents=row[0], balance_cents=row[1]) if row else None


def finishing() -> ReturningUpdate[int, int]:
    columns = (task.c.id.label("task_id"), task.c.title, task.c.reward_cents.label("cents"))
    mine = (
        task.c.id == bindparam("task"),
        task.c.assignee_id == bindparam("actor", type_=Uuid),
        task.c.status == "open",
    )
    locking = select(task.c.assignee_id.label("account_id"), *columns).where(*mine).with_for_update(key_share=True)
    entered, moved = rewarding(locking.cte("due"))
    done = {"status": "done", "done_at": bindparam("instant", type_=UtcDateTime), "day_done": entered.c.day}
    marking = update(task).where(task.c.id == entered.c.task_id).values(done).add_cte(moved)
    return marking.returning(task.c.reward_cents, entered.c.balance_after_cents)


FINISHING = finishing()


LOCK = select(task).where(task.c.id == bindparam("wanted")).with_for_update(key_share=True)
MARK = (
    update(task)
    .where(task.c.id == bindparam("wanted"))
    .values(status="done", done_at=bindparam("instant", type_=UtcDateTime), day_done=bindparam("today", type_=Date))
)


def complete_step_by_step(connection: Connection, task_id: UUID, *, by: UUID, at: Moment) -> Reward:
    row = connection.execute(LOCK, {"wanted": task_id}).first()
    if row is None:
        raise NoSuchTask
    if row.assignee_id != by:
        raise NotYourTask
    if row.status == "done":
        raise AlreadyCompleted
    about = About(task_id, row.title, round_id=task_id)
    page = record(connection, [Movement(by, Kind.REWARD, row.reward_cents, about)], by=by, at=at)[by]
    connection.execute(MARK, {"wanted": task_id, "instant": at.instant, "today": page.open_day})
    return Reward(earned_cents=row.reward_cents, balance_cents=page.balance_cents)
