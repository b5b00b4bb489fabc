"""New work by mail (T7): one letter for each popug that a round brought tasks, unless they switched it off.

A round calls `announce_round` when its last task is dealt and before it says that it is done; killed in between, it
calls again, and no letter is posted twice.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import Connection, Engine, func, select

from backend.accounting.books import Kind, entry
from backend.accounting.ledger import batches
from backend.business_day import Moment
from backend.database import reading, writing
from backend.post.letters import NewWork
from backend.post.outbox import Letter, post
from backend.post.preferences import preference

TITLES_TOLD = 20


def announce_round(engine: Engine, round_id: UUID, *, since: date, now: Callable[[], Moment]) -> None:
    """`since`: the business day the round began on. In transactions of a few thousand letters each."""
    with reading(engine) as connection:
        people = who_wants_to_know(connection, round_id, since)
    for batch in batches(people):
        writing(engine, partial(post_new_work, people=batch, round_id=round_id, since=since, at=now()))


def announce(connection: Connection, round_id: UUID, *, since: date, at: Moment) -> None:
    """The same inside one transaction of the caller's."""
    post_new_work(connection, who_wants_to_know(connection, round_id, since), round_id, since, at)


def who_wants_to_know(connection: Connection, round_id: UUID, since: date) -> list[UUID]:
    """Everybody the round charged, by their ids, who did not switch the letters off."""
    query = (
        select(entry.c.account_id)
        .join_from(entry, preference, preference.c.person_id == entry.c.account_id, isouter=True)
        .where(entry.c.day >= since, entry.c.kind == Kind.FEE, entry.c.round_id == round_id)
        .where(func.coalesce(preference.c.digest, True))
        .distinct()
        .order_by(entry.c.account_id)
    )
    return list(connection.scalars(query))


def post_new_work(connection: Connection, people: Sequence[UUID], round_id: UUID, since: date, at: Moment) -> None:
    about = {"round_id": str(round_id), "day": since.isoformat()}
    letters = [
        Letter("new work", dedup=f"new work:{round_id}:{person}", payload={"person_id": str(person), **about})
        for person in people
    ]
    post(connection, letters, at)


def new_work_of(connection: Connection, person_id: UUID, round_id: UUID, since: date) -> NewWork:
    """As the entries tell it, with the titles as they were then."""
    charged = (entry.c.account_id == person_id, entry.c.day >= since, entry.c.round_id == round_id)
    of_round = (*charged, entry.c.kind == Kind.FEE)
    titles = select(entry.c.task_title).where(*of_round).order_by(entry.c.seq).limit(TITLES_TOLD)
    sums = select(func.count(), func.coalesce(func.sum(entry.c.amount_cents), 0)).where(*of_round)
    count, cents = connection.execute(sums).one()
    return NewWork(list(connection.scalars(titles)), count, -int(cents))
