"""New work by mail (T7): one letter for each popug that a round brought tasks, unless they switched it off."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, text

from backend.accounting.books import Kind, entry
from backend.business_day import Moment
from backend.post.letters import NewWork
from backend.post.outbox import Letter, post
from backend.post.preferences import preference

TITLES_TOLD = 20


def announce(connection: Connection, round_id: UUID, at: Moment) -> None:
    """In the transaction that ends the round; done twice, no letter is posted twice."""
    letters = [
        Letter("new work", f"new work:{round_id}:{person}", {"person_id": str(person), "round_id": str(round_id)})
        for person in who_wants_to_know(connection, round_id)
    ]
    post(connection, letters, at)


def who_wants_to_know(connection: Connection, round_id: UUID) -> list[UUID]:
    """Everybody the round charged, by their ids, who did not switch the letters off."""
    query = (
        select(entry.c.account_id)
        .join_from(entry, preference, preference.c.person_id == entry.c.account_id, isouter=True)
        .where(of_round(round_id), func.coalesce(preference.c.digest, True))
        .distinct()
        .order_by(entry.c.account_id)
    )
    return list(connection.scalars(query))


def new_work_of(connection: Connection, person_id: UUID, round_id: UUID) -> NewWork:
    """As the entries tell it, with the titles as they were then; found by the account, whose entries are fewest."""
    charged = (entry.c.account_id == person_id, entry.c.kind == Kind.FEE, entry.c.round_id == round_id)
    titles = select(entry.c.task_title).where(*charged).order_by(entry.c.seq).limit(TITLES_TOLD)
    sums = select(func.count(), func.coalesce(func.sum(entry.c.amount_cents), 0)).where(*charged)
    count, cents = connection.execute(sums).one()
    return NewWork(list(connection.scalars(titles)), count, -int(cents))


def of_round(round_id: UUID) -> ColumnElement[bool]:
    """In the words of the partial index, so that both engines see that it fits."""
    return (entry.c.round_id == round_id) & text("entry.kind = 'fee' AND entry.round_id <> entry.task_id")
