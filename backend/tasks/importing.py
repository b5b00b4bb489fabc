"""A backlog becomes tasks: every row created, priced, dealt and charged by the code of a single task."""

from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection

from backend.business_day import Moment
from backend.people.roster import Lot
from backend.tasks.backlog import Backlog
from backend.tasks.creation import create_tasks


class RefusedRow(BaseModel):
    row: int
    key: str
    title: str
    reason: str


class Report(BaseModel):
    created: int
    fees_cents: int
    refused: list[RefusedRow]


def import_backlog(connection: Connection, backlog: Backlog, *, by: UUID, at: Moment, lot: Lot) -> Report:
    """All in the caller's one transaction. Raises NobodyAssignable, RosterTooOld."""
    created = create_tasks(connection, backlog.drafts, by=by, at=at, lot=lot)
    return Report(
        created=len(created),
        fees_cents=sum(each.fee_cents for each in created),
        refused=[RefusedRow(**vars(row)) for row in backlog.refused],
    )
