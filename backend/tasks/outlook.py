"""What pressing Assign tasks would do, said beside the button before anybody presses it."""

from pydantic import BaseModel
from sqlalchemy import Connection, case, func, select

from backend.people.replica import freshness
from backend.people.roster import NobodyAssignable, RosterTooOld, who_is_assignable
from backend.settings import Settings
from backend.tasks.task import task

COUNTED_TO = 10_000  # so that a page costs the same however large the company is


class Assignment(BaseModel):
    """Tasks and popugs are counted no further than to `counted_to`; then the fees are those of the counted tasks."""

    open_tasks: int
    popugs: int
    expected_fees_cents: int
    counted_to: int
    available: bool
    reason: str | None


def foresee(connection: Connection, settings: Settings) -> Assignment:
    roster = who_is_assignable(settings.assignable_roles)
    some = roster.limit(COUNTED_TO).subquery()
    popugs = connection.execute(select(func.count()).select_from(some)).scalar_one()
    counted = select(task.c.fee_cents, task.c.assignee_id).where(task.c.status == "open").limit(COUNTED_TO).subquery()
    at_roster = case((counted.c.assignee_id.in_(roster), counted.c.fee_cents), else_=0)
    sums = (func.coalesce(func.sum(cents), 0) for cents in (counted.c.fee_cents, at_roster))
    open_tasks, fees, fees_at_roster = connection.execute(select(func.count(), *sums).select_from(counted)).one()
    refusal = why_not(connection, anybody=popugs > 0)
    return Assignment(
        open_tasks=open_tasks,
        popugs=popugs,
        expected_fees_cents=expected_fees(int(fees), int(fees_at_roster), popugs),
        counted_to=COUNTED_TO,
        available=refusal is None,
        reason=refusal,
    )


def expected_fees(fees_cents: int, fees_at_roster_cents: int, popugs: int) -> int:
    """Each task held by one of n assignable popugs stays with them, free of charge, once in n times."""
    return fees_cents - round(fees_at_roster_cents / popugs) if popugs else 0


def why_not(connection: Connection, *, anybody: bool) -> str | None:
    if not freshness(connection).reachable:
        return RosterTooOld().detail
    return None if anybody else NobodyAssignable().detail
