"""`backend verify-draw`: who got what in a round, drawn again from its stored seed and roster, and what differs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from backend.accounting.books import entry
from backend.database import AnyRow
from backend.errors import Refused
from backend.people.roster import roster_hash
from backend.tasks.changes import fees_of
from backend.tasks.draw import draws, may_have_drawn
from backend.tasks.round_view import NoSuchReassignment
from backend.tasks.rounds import reassignment, reassignment_stay, stored_roster
from backend.tasks.task import task


class DrawNotKept(Refused):
    title = "This draw can not be repeated"

    def __init__(self) -> None:
        super().__init__("This round is from before rosters were kept, so nobody can say any more whom it drew among.")


@dataclass(frozen=True)
class Kept:
    """A round with what its draw follows from."""

    row: AnyRow
    roster: Sequence[UUID]
    gone: frozenset[UUID]

    def allows(self, task_id: UUID, account_id: UUID) -> bool:
        if self.gone.issuperset(self.roster):
            return True  # nobody was left to draw: what was not dealt by then stayed
        return account_id in may_have_drawn(task_id, self.roster, self.row.seed, self.gone)


@dataclass
class DrawCheck:
    dealt: int
    differences: list[str]


def check_draw(connection: Connection, round_id: UUID) -> DrawCheck:
    """Tasks that were done or dealt again since are no difference. Raises NoSuchReassignment, DrawNotKept."""
    kept = find_kept(connection, round_id)
    outcomes: dict[UUID, UUID] = {}
    differences = list(check_roster(kept))
    for query in (charged_in(round_id), stayed_in(round_id)):
        for task_id, account_id in connection.execute(query.execution_options(yield_per=10_000)):
            differences += check_outcome(kept, outcomes, task_id, account_id)
            outcomes[task_id] = account_id
    differences += check_count(kept, len(outcomes))
    differences += check_holders(connection, round_id, outcomes)
    return DrawCheck(len(outcomes), differences)


def find_kept(connection: Connection, round_id: UUID) -> Kept:
    row = connection.execute(select(reassignment).where(reassignment.c.id == round_id)).first()
    if row is None:
        raise NoSuchReassignment
    roster = stored_roster(connection, round_id)
    if not roster or row.last_task is None:
        raise DrawNotKept
    return Kept(row, roster, frozenset(UUID(each) for each in row.gone or ()))


def charged_in(round_id: UUID) -> Select[Any]:
    return select(entry.c.task_id, entry.c.account_id).where(fees_of(round_id))


def stayed_in(round_id: UUID) -> Select[Any]:
    columns = (reassignment_stay.c.task_id, reassignment_stay.c.account_id)
    return select(*columns).where(reassignment_stay.c.round_id == round_id)


def check_roster(kept: Kept) -> Iterator[str]:
    if roster_hash(kept.roster) != kept.row.roster_hash:
        yield "the roster is not the one whose hash was stored at the press"
    for stranger in sorted(kept.gone - set(kept.roster)):
        yield f"{stranger} is said to have left in mid-round, but was never on the roster"


def check_outcome(kept: Kept, outcomes: dict[UUID, UUID], task_id: UUID, account_id: UUID) -> Iterator[str]:
    if task_id in outcomes:
        yield f"task {task_id} was dealt twice"
    if not kept.allows(task_id, account_id):
        drawn = next(draws(task_id, kept.roster, kept.row.seed))
        yield f"task {task_id} was drawn by {drawn}, but went to {account_id}"


def check_count(kept: Kept, found: int) -> Iterator[str]:
    if found != kept.row.done:
        yield f"{kept.row.done} tasks were dealt, but {found} can be found"


def check_holders(connection: Connection, round_id: UUID, outcomes: dict[UUID, UUID]) -> Iterator[str]:
    """Whose last round this was, is still with who got it, done or not."""
    query = select(task.c.id, task.c.assignee_id).where(task.c.round_id == round_id)
    for task_id, holder in connection.execute(query.execution_options(yield_per=10_000)):
        if outcomes.get(task_id) != holder:
            yield f"task {task_id} went to {outcomes.get(task_id, 'nobody')}, but is with {holder}"
