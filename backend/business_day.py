"""The business day: from one closing hour to the next in the company's time zone, whatever the clocks do that night.

It has the date on which most of it lies: what closes at four in the morning is yesterday, what closes at six in the
evening is today.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

Clock = Callable[[], datetime]
A_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def written_out(asked: object) -> object:
    """2026-11-27 and nothing else: a date of pydantic's is also a moment at midnight, and a count of seconds."""
    if isinstance(asked, str) and not A_DAY.fullmatch(asked):
        raise ValueError("write a day as YYYY-MM-DD")
    return asked


# what a page may ask for
AskedDay = Annotated[date, BeforeValidator(written_out), Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
NOON = time(12)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Moment:
    """An instant and the business day it belongs to."""

    instant: datetime
    day: date


@dataclass(frozen=True)
class Calendar:
    zone: ZoneInfo
    closing: time = time(0)

    def moment(self, instant: datetime) -> Moment:
        return Moment(instant.astimezone(UTC), self.day_of(instant))

    def day_of(self, instant: datetime) -> date:
        """The day whose half-open span [starts_at, ends_at) holds the instant."""
        day = instant.astimezone(self.zone).date()
        while instant < self.starts_at(day):
            day -= timedelta(days=1)
        while instant >= self.ends_at(day):
            day += timedelta(days=1)
        return day

    def starts_at(self, day: date) -> datetime:
        """In a gap of the clocks (PEP 495) the earlier reading counts, in a fold the first of the two."""
        begins_on = day if self.closing < NOON else day - timedelta(days=1)
        return datetime.combine(begins_on, self.closing, self.zone).astimezone(UTC)

    def ends_at(self, day: date) -> datetime:
        return self.starts_at(day + timedelta(days=1))
