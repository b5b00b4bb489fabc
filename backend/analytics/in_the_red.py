"""Who is in the red: a balance below zero now, carried debt included, and since when (N2)."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from backend.accounting.books import account, entry
from backend.people.replica import Ref, person, ref

SHOWN = 20  # the others are among everybody's accounts


class InTheRed(BaseModel):
    person: Ref
    balance_cents: int
    since: datetime


def deepest_in_the_red(connection: Connection) -> list[InTheRed]:
    """Deepest first. `since`: the first entry after the last one that left the balance at zero or above."""
    deepest = (
        select(account.c.id, account.c.balance_cents)
        .where(account.c.balance_cents < 0)
        .order_by(account.c.balance_cents, account.c.id)
        .limit(SHOWN)
        .subquery()
    )
    last_good = (
        select(func.coalesce(func.max(entry.c.seq), 0))
        .where(entry.c.account_id == deepest.c.id, entry.c.balance_after_cents >= 0)
        .correlate(deepest)
        .scalar_subquery()
    )
    fell = entry.alias("fell")
    query = (
        select(
            deepest.c.id.label("person_id"),
            person.c.name.label("person_name"),
            person.c.version.label("person_version"),
            deepest.c.balance_cents,
            fell.c.created_at.label("since"),
        )
        .join_from(deepest, fell, (fell.c.account_id == deepest.c.id) & (fell.c.seq == last_good + 1))
        .join(person, person.c.id == deepest.c.id, isouter=True)
        .order_by(deepest.c.balance_cents, deepest.c.id)
    )
    return [InTheRed(**row._asdict(), person=ref(row)) for row in connection.execute(query)]
