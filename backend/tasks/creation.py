"""A new task: priced, dealt to somebody by lot and charged, all in the transaction that creates it (T4, A4)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection, insert

from backend.accounting.books import Kind
from backend.accounting.ledger import About, Movement, record
from backend.business_day import Moment
from backend.database import new_ids
from backend.people.roster import Lot, require_assignable, require_fresh
from backend.tasks.draft import Draft
from backend.tasks.pricing import draw_prices
from backend.tasks.task import task

ROSTER_MAY_BE_OLD = timedelta(hours=24)


def create_tasks(connection: Connection, drafts: Sequence[Draft], *, by: UUID, at: Moment, lot: Lot) -> list["NewTask"]:
    """One or many by the same code. Raises NobodyAssignable, RosterTooOld; then nothing is created or charged."""
    require_fresh(connection, at.instant, within=ROSTER_MAY_BE_OLD)
    roster = require_assignable(connection, lot.roles)
    ids = new_ids(at.instant, len(drafts))
    tasks = [new_task(task_id, draft, roster, lot.dice) for task_id, draft in zip(ids, drafts, strict=True)]
    if tasks:
        created = {"status": "open", "created_by": by, "created_at": at.instant}
        connection.execute(insert(task), [{**vars(each), **created} for each in tasks])
        record(connection, [first_fee(each) for each in tasks], by=by, at=at)
    return tasks


@dataclass(frozen=True)
class NewTask:
    id: UUID
    key: str | None
    title: str
    description: str
    assignee_id: UUID
    fee_cents: int
    reward_cents: int


def new_task(task_id: UUID, draft: Draft, roster: Sequence[UUID], dice: random.Random) -> NewTask:
    prices = draw_prices(dice)
    return NewTask(
        task_id,
        draft.key,
        draft.title,
        draft.description,
        dice.choice(roster),
        fee_cents=prices.fee_cents,
        reward_cents=prices.reward_cents,
    )


def first_fee(new: NewTask) -> Movement:
    """Each creation is an occasion of its own, named by the task itself."""
    return Movement(new.assignee_id, Kind.FEE, -new.fee_cents, About(new.id, new.title, round_id=new.id))
