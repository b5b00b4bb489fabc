"""The business day in zones with and without daylight saving, at any closing hour."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.business_day import Calendar

ZONES = ("Europe/Moscow", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC")


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Lisbon", date(2026, 3, 29), 23),
        ("Europe/Lisbon", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Kathmandu", date(2026, 3, 29), 24),
        ("Europe/Moscow", date(2026, 3, 29), 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(zone: str, day: date, hours: int) -> None:
    calendar = Calendar(ZoneInfo(zone))
    assert calendar.ends_at(day) - calendar.starts_at(day) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "day", "closing", "utc"),
    [
        ("Europe/Lisbon", date(2026, 3, 29), time(1, 30), "2026-03-29 01:30"),  # a reading that no clock shows
        ("Europe/Lisbon", date(2026, 3, 30), time(1, 30), "2026-03-30 00:30"),
        ("Europe/Lisbon", date(2026, 10, 25), time(1, 30), "2026-10-25 00:30"),  # the first of two
        ("Europe/Lisbon", date(2026, 10, 26), time(1, 30), "2026-10-26 01:30"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08 07:30"),
        ("America/New_York", date(2026, 3, 9), time(2, 30), "2026-03-09 06:30"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01 05:30"),
        ("America/New_York", date(2026, 11, 2), time(1, 30), "2026-11-02 06:30"),
        ("Asia/Kathmandu", date(2026, 3, 29), time(0), "2026-03-28 18:15"),
    ],
)
def test_where_clocks_skip_the_closing_hour_or_show_it_twice_the_day_begins_once(
    zone: str, day: date, closing: time, utc: str
) -> None:
    begins = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    calendar = Calendar(ZoneInfo(zone), closing)
    assert calendar.starts_at(day) == calendar.ends_at(day - timedelta(days=1)) == begins
    assert calendar.day_of(begins) == calendar.day_of(begins + timedelta(hours=1)) == day
    assert calendar.day_of(begins - timedelta(seconds=1)) == day - timedelta(days=1)


def test_the_day_begins_in_the_companys_zone_not_in_utc() -> None:
    moscow = Calendar(ZoneInfo("Europe/Moscow"))
    assert moscow.day_of(datetime(2026, 3, 4, 20, 59, 59, tzinfo=UTC)) == date(2026, 3, 4)
    assert moscow.day_of(datetime(2026, 3, 4, 21, tzinfo=UTC)) == date(2026, 3, 5)


def test_with_a_later_closing_hour_the_small_hours_belong_to_yesterday() -> None:
    lisbon = Calendar(ZoneInfo("Europe/Lisbon"), time(6))
    assert lisbon.day_of(datetime(2026, 1, 2, 5, 59, tzinfo=UTC)) == date(2026, 1, 1)
    assert lisbon.day_of(datetime(2026, 1, 2, 6, tzinfo=UTC)) == date(2026, 1, 2)


def test_a_day_that_closes_in_the_evening_is_named_after_its_own_date() -> None:
    moscow = Calendar(ZoneInfo("Europe/Moscow"), time(18))
    monday = date(2026, 11, 30)
    for hour, day in ((9, monday), (17, monday), (18, monday + timedelta(days=1)), (23, monday + timedelta(days=1))):
        assert moscow.day_of(datetime(2026, 11, 30, hour, tzinfo=ZoneInfo("Europe/Moscow"))) == day
    assert moscow.ends_at(monday) == datetime(2026, 11, 30, 15, tzinfo=UTC)


@given(
    instant=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
)
def test_every_instant_belongs_to_exactly_one_half_open_day(instant: datetime, zone: str, hour: int) -> None:
    calendar = Calendar(ZoneInfo(zone), time(hour))
    day = calendar.day_of(instant)
    assert calendar.starts_at(day) <= instant < calendar.ends_at(day)
    assert calendar.ends_at(day) == calendar.starts_at(day + timedelta(days=1))
    assert calendar.day_of(calendar.starts_at(day)) == day
