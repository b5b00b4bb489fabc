"""What pressing Assign tasks would do, said beside the button before anybody presses it."""

from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from backend.people.replica import freshness
from backend.people.roster import NobodyAssignable, RosterTooOld, assignable
from backend.settings import Settings
from backend.tasks.task import task


class Assignment(BaseModel):
    open_tasks: int
    popugs: int
    expected_fees_cents: int
    available: bool
    reason: str | None


def foresee(connection: Connection, settings: Settings) -> Assignment:
    roster = assignable(connection, settings.assignable_roles)
    held_by_roster = task.c.assignee_id.in_(roster)
    columns = (func.count(), func.coalesce(func.sum(task.c.fee_cents), 0))
    open_tasks = select(*columns).where(task.c.status == "open")
    count, fees = connection.execute(open_tasks).one()
    fees_at_roster = connection.execute(open_tasks.where(held_by_roster)).one()[1] if roster else 0
    refusal = why_not(connection, bool(roster))
    return Assignment(
        open_tasks=count,
        popugs=len(roster),
        expected_fees_cents=expected_fees(int(fees), int(fees_at_roster), len(roster)),
        available=refusal is None,
        reason=refusal,
    )


def expected_fees(fees_cents: int, fees_at_roster_cents: int, popugs: int) -> int:
    """Each task held by one of n assignable popugs stays with them, free of charge, once in n times."""
    return fees_cents - round(fees_at_roster_cents / popugs) if popugs else 0


def why_not(connection: Connection, anybody: bool) -> str | None:
    if not freshness(connection).reachable:
        return RosterTooOld().detail
    return None if anybody else NobodyAssignable().detail
