"""Moments in the company's manner: its own time zone, twenty-four hours, the day in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

PATTERN = "d MMMM y, HH:mm"


def moment(at: datetime, zone: ZoneInfo, *, language: str) -> str:
    return format_datetime(at.astimezone(zone), PATTERN, locale="en_GB" if language == "en" else language)
