"""The company's side of the books: what management earned, day by day, and every account (A1, A5, A8)."""

from datetime import date, timedelta

from pydantic import BaseModel
from sqlalchemy import Connection, func, or_, select

from backend.accounting.books import Kind, account, day, entry
from backend.accounting.day_totals import Totals, totals_by_day
from backend.people.replica import Ref, person, ref

DAYS_SHOWN = 31


class Day(BaseModel):
    """Charges, rewards and payouts are positive here, corrections signed (a gift to a popug is positive);
    earned = fees - rewards, without payouts and corrections. `seal` in hexadecimal digits, once the day is closed."""

    day: date
    earned_cents: int
    fees_cents: int
    rewards_cents: int
    payouts_cents: int
    corrections_cents: int
    entries: int
    closed: bool

    @classmethod
    def of(cls, on_day: date, totals: Totals, closed: bool) -> "Day":
        return cls(day=on_day, earned_cents=totals.earned_cents, closed=closed, **vars(totals))


class AccountLine(BaseModel):
    person: Ref
    role: str
    balance_cents: int
    day_cents: int


class Company(BaseModel):
    today: date
    day: Day
    days: list[Day]
    next_day: date | None
    accounts: list[AccountLine]


def company_books(connection: Connection, *, today: date, shown: date | None, before: date | None) -> Company:
    """`before` pages the list of days: it begins with the day before that one."""
    shown = shown or today
    totals, closed = totals_by_day(connection, shown, shown)[shown]
    days, next_day = list_days(connection, today=today, before=before)
    accounts = list_accounts(connection, shown)
    return Company(today=today, day=Day.of(shown, totals, closed), days=days, next_day=next_day, accounts=accounts)


def list_days(connection: Connection, *, today: date, before: date | None) -> tuple[list[Day], date | None]:
    """Newest first, back to the first day of the books; and where the next page begins."""
    last = before - timedelta(days=1) if before else max(today, last_day(connection) or today)
    beginning = first_day(connection) or today
    first = max(last - timedelta(days=DAYS_SHOWN - 1), beginning)
    if first > last:
        return [], None
    found = totals_by_day(connection, first, last)
    days = [Day.of(each, *found[each]) for each in sorted(found, reverse=True)]
    return days, first if first > beginning else None


def first_day(connection: Connection) -> date | None:
    found: date | None = connection.scalar(select(func.min(day.c.day)))
    return found


def last_day(connection: Connection) -> date | None:
    """May be tomorrow, when today was closed early."""
    found: date | None = connection.scalar(select(func.max(entry.c.day)))
    return found


def list_accounts(connection: Connection, shown: date) -> list[AccountLine]:
    """Everybody who works here or has an account, by name, with what the shown day brought them."""
    brought = (
        select(entry.c.account_id, func.sum(entry.c.amount_cents).label("day_cents"))
        .where(entry.c.day == shown, entry.c.kind != Kind.PAYOUT)
        .group_by(entry.c.account_id)
        .subquery()
    )
    query = (
        select(
            person.c.id.label("person_id"),
            person.c.name.label("person_name"),
            person.c.version.label("person_version"),
            person.c.role,
            func.coalesce(account.c.balance_cents, 0).label("balance_cents"),
            func.coalesce(brought.c.day_cents, 0).label("day_cents"),
        )
        .join_from(person, account, account.c.id == person.c.id, isouter=True)
        .join(brought, brought.c.account_id == person.c.id, isouter=True)
        .where(or_(person.c.active, account.c.id.is_not(None)))
        .order_by(person.c.name, person.c.id)
    )
    return [AccountLine(**row._asdict(), person=ref(row)) for row in connection.execute(query)]
