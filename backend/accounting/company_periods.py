"""The company's books by day, week and month: the same sums as the days, to the cent."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from backend.accounting.company import first_day, last_day
from backend.accounting.day_totals import Totals, every_day, totals_by_day
from backend.accounting.periods import Period, PeriodName, period_around

SHOWN: Mapping[PeriodName, int] = {"day": 31, "week": 13, "month": 12}


class PeriodLine(BaseModel):
    """Figures as in Day; `closed` when every day of it that has entries is."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    earned_cents: int
    fees_cents: int
    rewards_cents: int
    payouts_cents: int
    corrections_cents: int
    entries: int
    closed: bool


class Periods(BaseModel):
    today: date
    by: PeriodName
    items: list[PeriodLine]
    next: date | None


def list_periods(connection: Connection, name: PeriodName, *, today: date, before: date | None) -> Periods:
    """Newest first, back to the first day of the books; `before` is where the page before ended."""
    newest = before - timedelta(days=1) if before else max(today, last_day(connection) or today)
    beginning = first_day(connection) or today
    shown = list(periods_back(name, newest, beginning))[: SHOWN[name] + 1]
    page = shown[: SHOWN[name]]
    found = totals_by_day(connection, page[-1].first, page[0].last) if page else {}
    items = [line_of(period, found) for period in page]
    return Periods(today=today, by=name, items=items, next=page[-1].first if len(shown) > len(page) else None)


def periods_back(name: PeriodName, newest: date, beginning: date) -> Iterator[Period]:
    period = period_around(name, newest)
    for _ in range(SHOWN[name] + 1):
        if period.last < beginning:
            return
        yield period
        period = period_around(name, period.previous)


def line_of(period: Period, found: Mapping[date, tuple[Totals, bool]]) -> PeriodLine:
    days = [found[each] for each in every_day(period.first, period.last)]
    totals = sum((totals for totals, _ in days), Totals())
    closed = all(closed or not totals.entries for totals, closed in days) and any(closed for _, closed in days)
    return PeriodLine(
        first=period.first, last=period.last, earned_cents=totals.earned_cents, closed=closed, **vars(totals)
    )
