"""What an account shows at a glance: its balance now, and what a day brought."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, select

from backend.accounting.books import Kind, account, entry
from backend.database import listed


class Standing(NamedTuple):
    """`mark` is the number of the newest entry: as long as it stays, nothing happened here."""

    balance_cents: int
    mark: int


def standing_of(connection: Connection, person_id: UUID) -> Standing:
    """Nobody without an account owes or owns anything."""
    found = connection.execute(select(account.c.balance_cents, account.c.last_seq).where(account.c.id == person_id))
    return Standing(*(found.one_or_none() or (0, 0)))


def balance_of(connection: Connection, person_id: UUID) -> int:
    """In cents."""
    return standing_of(connection, person_id).balance_cents


def marks_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Of at least one; whoever has no account is left out."""
    wanted = listed(connection, id=ids)
    query = select(account.c.id, account.c.last_seq).join(wanted, wanted.c.id == account.c.id)
    return {row.id: row.last_seq for row in connection.execute(query)}


def brought_on(connection: Connection, person_id: UUID, on_day: date) -> int:
    return brought_to(connection, [person_id], on_day).get(person_id, 0)


def brought_to(connection: Connection, ids: Collection[UUID], on_day: date) -> dict[UUID, int]:
    """What the day brought each of a few, before anything was paid out; who had nothing from it is left out."""
    query = (
        select(entry.c.account_id, func.sum(entry.c.amount_cents))
        .where(entry.c.account_id.in_(ids), entry.c.day == on_day, entry.c.kind != Kind.PAYOUT)
        .group_by(entry.c.account_id)
    )
    return {account_id: int(cents) for account_id, cents in connection.execute(query)}


def count_in_the_red(connection: Connection) -> int:
    """Popugs whose balance is below zero now, carried debt included (N2)."""
    return connection.execute(select(func.count()).where(account.c.balance_cents < 0)).scalar_one()
