"""A day, a week from Monday, a month, or any span; and its neighbours to leaf through."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PeriodName = Literal["day", "week", "month"]
SpanName = Literal["day", "week", "month", "range"]


@dataclass(frozen=True)
class Period:
    name: SpanName
    first: date
    last: date

    @property
    def previous(self) -> date:
        """A day of the period before."""
        return self.first - timedelta(days=1)

    def next(self, today: date) -> date | None:
        """The first day of the period after, unless that lies ahead."""
        following = self.last + timedelta(days=1)
        return following if following <= today else None


def period_around(name: PeriodName, day: date) -> Period:
    if name == "day":
        return Period(name, day, day)
    if name == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(name, monday, monday + timedelta(days=6))
    first = day.replace(day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return Period(name, first, next_month - timedelta(days=1))
