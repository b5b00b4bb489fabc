"""An account's statement: its balance, what the shown day brought, and the audit log, newest first (A3)."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, func, insert, select

from backend.accounting.accounts import balance_of
from backend.accounting.books import Kind, account_reading, entry
from backend.accounting.entries import Entry, newest_entries
from backend.accounting.seals import seal_on
from backend.business_day import Moment
from backend.database import new_id
from backend.errors import NotFound
from backend.people.replica import Ref, find_person, person, ref


class NoSuchAccount(NotFound):
    def __init__(self) -> None:
        super().__init__("Nobody here has such an account.")


class Visit(BaseModel):
    """An accountant or an admin opened the account (A1), `times` in all and `at` last."""

    person: Ref
    at: datetime
    times: int


class Statement(BaseModel):
    """`day` is null when the entries are of all days; the sums are then today's. Charges and payouts are negative.
    `seal`: of the shown day once it is closed. `visits`: who else opened this account; told to its owner only.
    """

    person: Ref
    today: date
    time_zone: str
    day: date | None
    balance_cents: int
    opening_balance_cents: int
    closing_balance_cents: int
    fees_cents: int
    rewards_cents: int
    payouts_cents: int
    corrections_cents: int
    seal: str | None
    visits: list[Visit]
    entries: list[Entry]
    next: int | None


def draw_up(
    connection: Connection,
    person_id: UUID,
    *,
    viewer: UUID,
    today: date,
    time_zone: str,
    day: date | None,
    after: int | None,
    limit: int,
) -> Statement:
    owner = find_person(connection, person_id)
    if owner is None:
        raise NoSuchAccount
    shown = day or today
    entries = list_entries(connection, person_id, day=day, after=after, limit=limit + 1)
    sums = sums_of(connection, person_id, shown)
    return Statement(
        person=Ref(id=owner.id, name=owner.name, version=owner.version),
        today=today,
        time_zone=time_zone,
        day=day,
        balance_cents=balance_of(connection, person_id),
        opening_balance_cents=balance_before(connection, person_id, shown),
        closing_balance_cents=balance_before(connection, person_id, shown) + sum(sums.values()),
        fees_cents=sums.get(Kind.FEE, 0),
        rewards_cents=sums.get(Kind.REWARD, 0),
        payouts_cents=sums.get(Kind.PAYOUT, 0),
        corrections_cents=sums.get(Kind.CORRECTION, 0),
        seal=seal_on(connection, shown),
        visits=last_visits(connection, person_id) if viewer == person_id else [],
        entries=entries[:limit],
        next=entries[limit - 1].seq if len(entries) > limit else None,
    )


def list_entries(
    connection: Connection, person_id: UUID, *, day: date | None, after: int | None, limit: int
) -> list[Entry]:
    conditions = []
    if day:
        conditions.append(entry.c.day == day)
    if after is not None:
        conditions.append(entry.c.seq < after)
    return newest_entries(connection, person_id, *conditions, limit=limit)


def sums_of(connection: Connection, person_id: UUID, day: date) -> dict[str, int]:
    """By kind, signed."""
    query = (
        select(entry.c.kind, func.sum(entry.c.amount_cents))
        .where(entry.c.account_id == person_id, entry.c.day == day)
        .group_by(entry.c.kind)
    )
    return {kind: int(cents) for kind, cents in connection.execute(query)}


def balance_before(connection: Connection, person_id: UUID, day: date) -> int:
    """What the days before left; days never go back along an account's entries."""
    query = select(entry.c.balance_after_cents).where(entry.c.account_id == person_id, entry.c.day < day)
    return connection.scalar(query.order_by(entry.c.day.desc(), entry.c.seq.desc()).limit(1)) or 0


def last_visits(connection: Connection, person_id: UUID) -> list[Visit]:
    """Each reader once, who was here last first: however often one comes, nobody drops off the list."""
    last = func.max(account_reading.c.created_at)
    who = (
        account_reading.c.reader.label("person_id"),
        person.c.name.label("person_name"),
        person.c.version.label("person_version"),
    )
    query = (
        select(last.label("at"), func.count().label("times"), *who)
        .join_from(account_reading, person, person.c.id == account_reading.c.reader, isouter=True)
        .where(account_reading.c.account_id == person_id)
        .group_by(*who)
        .order_by(last.desc(), account_reading.c.reader)
    )
    return [Visit(person=ref(row), at=row.at, times=row.times) for row in connection.execute(query)]


def note_reading(connection: Connection, person_id: UUID, *, reader: UUID, at: Moment) -> None:
    """Who looked into somebody else's account (A1)."""
    connection.execute(
        insert(account_reading).values(
            id=new_id(at.instant), account_id=person_id, reader=reader, created_at=at.instant
        )
    )
