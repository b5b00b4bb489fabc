"""What an account shows at a glance: its balance now, and what a day brought."""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, func, select

from backend.accounting.books import Kind, account, entry


def balance_of(connection: Connection, person_id: UUID) -> int:
    """In cents; nobody without an account owes or owns anything."""
    return connection.scalar(select(account.c.balance_cents).where(account.c.id == person_id)) or 0


def brought_on(connection: Connection, person_id: UUID, on_day: date) -> int:
    """What the day brought, before anything was paid out."""
    query = select(func.coalesce(func.sum(entry.c.amount_cents), 0)).where(
        entry.c.account_id == person_id, entry.c.day == on_day, entry.c.kind != Kind.PAYOUT
    )
    return int(connection.execute(query).scalar_one())


def count_in_the_red(connection: Connection) -> int:
    """Popugs whose balance is below zero now, carried debt included (N2)."""
    return connection.execute(select(func.count()).where(account.c.balance_cents < 0)).scalar_one()
