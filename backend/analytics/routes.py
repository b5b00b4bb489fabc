"""GET /analytics: everything the page shows, in one answer."""

from collections.abc import Sequence
from datetime import date, timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from backend.accounting.accounts import count_in_the_red
from backend.accounting.company_routes import From, To
from backend.accounting.day_totals import totals_by_day
from backend.accounting.drill_down import wanted_days
from backend.accounting.periods import Period, PeriodName, SpanName, period_around
from backend.analytics.in_the_red import InTheRed, deepest_in_the_red
from backend.analytics.most_expensive import TopOfDay, TopTask, top_by_day, top_of_all
from backend.business_day import AskedDay
from backend.visits import KnownCaller

router = APIRouter()

TREND_DAYS = 14
LONGEST_RANGE_DAYS = 366


class Earned(BaseModel):
    day: date
    earned_cents: int


class Trend(BaseModel):
    """What management earned yesterday, in the seven days up to today, and in the seven before these."""

    yesterday_cents: int
    last_7_days_cents: int
    previous_7_days_cents: int

    @classmethod
    def of(cls, earned: Sequence[Earned]) -> "Trend":
        cents = [each.earned_cents for each in earned]
        return cls(
            yesterday_cents=cents[-2], last_7_days_cents=sum(cents[-7:]), previous_7_days_cents=sum(cents[-14:-7])
        )


class PeriodView(BaseModel):
    name: SpanName
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    previous: date
    next: date | None

    @classmethod
    def of(cls, period: Period, today: date) -> "PeriodView":
        return cls(**vars(period), previous=period.previous, next=period.next(today))


class Analytics(BaseModel):
    """The deepest in the red, and the first of the most expensive; their counts are of all."""

    today: date
    time_zone: str
    earned_today_cents: int
    earned_by_day: list[Earned]
    trend: Trend
    in_the_red: list[InTheRed]
    in_the_red_count: int
    period: PeriodView
    top: list[TopTask]
    top_count: int
    by_day: list[TopOfDay]


@router.get("/analytics")
def show_analytics(
    caller: KnownCaller,
    period: PeriodName = "day",
    day: AskedDay | None = None,
    first: From = None,
    last: To = None,
) -> Analytics:
    """The most expensive tasks of `period` around `day`, or of the days `from`-`to`."""
    with caller.reading() as visit:
        visit.actor.require("admin", to="see analytics")
        today = visit.at.day
        found = totals_by_day(visit.connection, today - timedelta(days=TREND_DAYS - 1), today)
        earned = [Earned(day=each, earned_cents=totals.earned_cents) for each, (totals, _) in found.items()]
        asked = range_of(visit.connection, today, first, last) if first or last else None
        chosen = asked or period_around(period, day or today)
        by_day = top_by_day(visit.connection, chosen.first, chosen.last, today=today)
        top, top_count = top_of_all(by_day)
        return Analytics(
            today=today,
            time_zone=visit.house.settings.time_zone,
            earned_today_cents=earned[-1].earned_cents,
            earned_by_day=earned,
            trend=Trend.of(earned),
            in_the_red=deepest_in_the_red(visit.connection),
            in_the_red_count=count_in_the_red(visit.connection),
            period=PeriodView.of(chosen, today),
            top=top,
            top_count=top_count,
            by_day=by_day,
        )


def range_of(connection: Connection, today: date, first: date | None, last: date | None) -> Period:
    return Period("range", *wanted_days(connection, today, first=first, last=last, longest=LONGEST_RANGE_DAYS))
