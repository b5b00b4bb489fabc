"""GET /analytics: everything the page shows, in one answer."""

from datetime import date, timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from backend.accounting.day_totals import totals_by_day
from backend.analytics.in_the_red import InTheRed, in_the_red
from backend.analytics.most_expensive import TopOfDay, TopTask, top_by_day, top_of_all
from backend.analytics.periods import Period, PeriodName, period_around
from backend.business_day import AskedDay
from backend.visits import KnownCaller

router = APIRouter()

TREND_DAYS = 14


class Earned(BaseModel):
    day: date
    earned_cents: int


class PeriodView(BaseModel):
    name: PeriodName
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    previous: date
    next: date | None

    @classmethod
    def of(cls, period: Period, today: date) -> "PeriodView":
        return cls(**vars(period), previous=period.previous, next=period.next(today))


class Analytics(BaseModel):
    today: date
    time_zone: str
    earned_today_cents: int
    earned_by_day: list[Earned]
    in_the_red: list[InTheRed]
    period: PeriodView
    top: list[TopTask]
    by_day: list[TopOfDay]


@router.get("/analytics")
def show_analytics(caller: KnownCaller, period: PeriodName = "day", day: AskedDay | None = None) -> Analytics:
    with caller.reading() as visit:
        visit.actor.require("admin", to="see analytics")
        today = visit.at.day
        found = totals_by_day(visit.connection, today - timedelta(days=TREND_DAYS - 1), today)
        trend = [Earned(day=each, earned_cents=totals.earned_cents) for each, (totals, _) in found.items()]
        chosen = period_around(period, day or today)
        by_day = top_by_day(visit.connection, chosen.first, chosen.last)
        return Analytics(
            today=today,
            time_zone=visit.house.settings.time_zone,
            earned_today_cents=trend[-1].earned_cents,
            earned_by_day=trend,
            in_the_red=in_the_red(visit.connection),
            period=PeriodView.of(chosen, today),
            top=top_of_all(by_day),
            by_day=by_day,
        )
