"""Done (T6): only by the assignee, only once, paid in the same transaction; the row's lock decides every race."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, update

from backend.accounting.books import Kind
from backend.accounting.ledger import About, Movement, record
from backend.business_day import Moment
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
    row = connection.execute(select(task).where(task.c.id == task_id).with_for_update(key_share=True)).first()
    if row is None:
        raise NoSuchTask
    if row.assignee_id != by:
        raise NotYourTask
    if row.status == "done":
        raise AlreadyCompleted
    about = About(task_id, row.title, round_id=task_id)
    page = record(connection, [Movement(by, Kind.REWARD, row.reward_cents, about)], by=by, at=at)[by]
    done = {"status": "done", "done_at": at.instant, "day_done": page.open_day}
    connection.execute(update(task).where(task.c.id == task_id).values(done))
    return Reward(earned_cents=row.reward_cents, balance_cents=page.balance_cents)
