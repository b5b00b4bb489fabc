"""How amounts, days and instants are written. Money is integer cents; instants are ISO 8601 in UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency

from frontend.clock import Clock

LOCALE = "en_US"
MINUS = "\u2212"
JUST_NOW = timedelta(seconds=10)


@lru_cache(maxsize=8192)
def dollars(cents: int, *, signed: bool = False) -> str:
    """`$12`, `$1,204.50`, with a real minus sign, and a plus when `signed`; cents only where there are any."""
    pattern = "\xa4#,##0" if cents % 100 == 0 else "\xa4#,##0.00"
    amount = format_currency(Decimal(abs(cents)) / 100, "USD", pattern, locale=LOCALE, currency_digits=False)
    if cents < 0:
        return MINUS + amount
    return f"+{amount}" if signed and cents > 0 else amount


@lru_cache(maxsize=2048)
def day_name(day: str, today: str | None = None) -> str:
    """`Today`, `Yesterday`, `Mon 17 Nov`, with the year where it is another than today's."""
    that = date.fromisoformat(day)
    now = date.fromisoformat(today) if today else that
    if today and (now - that).days in (0, 1):
        return ("Today", "Yesterday")[(now - that).days]
    return format_date(that, "EEE d MMM" if that.year == now.year else "EEE d MMM y", locale=LOCALE)


def long_day_name(day: str) -> str:
    return format_date(date.fromisoformat(day), "EEEE, d MMMM", locale=LOCALE)


def moment_names(clock: Clock) -> Callable[..., str]:
    def moment_name(instant: str, time_zone: str, *, exact: bool = False) -> str:
        """`today 14:05`, `Mon 17 Nov 14:05`; exact: with seconds and the name of the zone."""
        zone = ZoneInfo(time_zone)
        then = datetime.fromisoformat(instant).astimezone(zone)
        if exact:
            return f"{format_datetime(then, 'EEEE, d MMMM y, HH:mm:ss', locale=LOCALE)} ({time_zone})"
        today = clock().astimezone(zone).date().isoformat()
        return f"{day_name(then.date().isoformat(), today)} {then:%H:%M}"

    return moment_name


def relative_names(clock: Clock) -> Callable[..., str]:
    def relative_name(instant: str, *, exact: bool = False) -> str:
        """`3 minutes ago`, `in 5 days`, `just now`; exact: day and time in UTC."""
        then = datetime.fromisoformat(instant).astimezone(UTC)
        if exact:
            return f"{format_datetime(then, 'EEEE, d MMMM y, HH:mm:ss', locale=LOCALE)} UTC"
        away = then - clock()
        if abs(away) < JUST_NOW:
            return "just now"
        return format_timedelta(away, add_direction=True, locale=LOCALE)

    return relative_name
