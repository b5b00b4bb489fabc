"""Who is in the red: a balance below zero now, carried debt included, and since when (N2)."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from backend.accounting.books import account, entry
from backend.people.replica import Ref, person, ref


class InTheRed(BaseModel):
    person: Ref
    balance_cents: int
    since: datetime


def in_the_red(connection: Connection) -> list[InTheRed]:
    """Deepest first. `since`: the first entry after the last one that left the balance at zero or above."""
    last_good = (
        select(func.coalesce(func.max(entry.c.seq), 0))
        .where(entry.c.account_id == account.c.id, entry.c.balance_after_cents >= 0)
        .correlate(account)
        .scalar_subquery()
    )
    fell = entry.alias("fell")
    query = (
        select(
            account.c.id.label("person_id"),
            person.c.name.label("person_name"),
            person.c.version.label("person_version"),
            account.c.balance_cents,
            fell.c.created_at.label("since"),
        )
        .join_from(account, fell, (fell.c.account_id == account.c.id) & (fell.c.seq == last_good + 1))
        .join(person, person.c.id == account.c.id, isouter=True)
        .where(account.c.balance_cents < 0)
        .order_by(account.c.balance_cents, person.c.name)
    )
    return [InTheRed(**row._asdict(), person=ref(row)) for row in connection.execute(query)]
