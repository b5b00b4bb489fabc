"""The company's side of the books: what management earned, day by day, and the first of all accounts (A1, A5, A8)."""

from datetime import date, timedelta

from pydantic import BaseModel
from sqlalchemy import Connection, func, select

from backend.accounting.books import day, entry
from backend.accounting.company_accounts import AccountLine, WantedAccounts, list_accounts
from backend.accounting.day_totals import Totals, totals_by_day
from backend.accounting.seals import seal_on

DAYS_SHOWN = 31


class Day(BaseModel):
    """Charges, rewards and payouts are positive here, corrections signed (a gift to a popug is positive);
    earned = fees - rewards, without payouts and corrections."""

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


class Company(BaseModel):
    """`seal` of the shown day, in hexadecimal digits, once it is closed."""

    today: date
    day: Day
    seal: str | None
    days: list[Day]
    next_day: date | None
    accounts: list[AccountLine]
    next_account: str | None


def company_books(connection: Connection, *, today: date, shown: date | None, before: date | None) -> Company:
    """`before` pages the list of days: it begins with the day before that one."""
    shown = shown or today
    days, next_day = list_days(connection, today=today, before=before)
    accounts, next_account = list_accounts(connection, WantedAccounts(), shown=shown)
    return Company(
        today=today,
        day=next((each for each in days if each.day == shown), None) or one_day(connection, shown),
        seal=seal_on(connection, shown),
        days=days,
        next_day=next_day,
        accounts=accounts,
        next_account=next_account,
    )


def one_day(connection: Connection, shown: date) -> Day:
    totals, closed = totals_by_day(connection, shown, shown)[shown]
    return Day.of(shown, totals, closed)


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
