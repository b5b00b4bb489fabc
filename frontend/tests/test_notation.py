"""How amounts, days and instants are written."""

from datetime import UTC, datetime

import pytest

from frontend.notation import day_name, dollars, long_day_name, moment_names

M = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("cents", "plain", "signed"),
    [
        (0, "$0", "$0"),
        (1200, "$12", "+$12"),
        (-1200, f"{M}$12", f"{M}$12"),
        (-120_450, f"{M}$1,204.50", f"{M}$1,204.50"),
        (1, "$0.01", "+$0.01"),
        (123_456_789_00, "$123,456,789", "+$123,456,789"),
    ],
)
def test_amounts(cents: int, plain: str, signed: str) -> None:
    assert dollars(cents) == plain
    assert dollars(cents, signed=True) == signed


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-11-23", "Today"),
        ("2026-11-22", "Yesterday"),
        ("2026-11-20", "Fri 20 Nov"),
        ("2025-12-31", "Wed 31 Dec 2025"),
        ("2026-11-24", "Tue 24 Nov"),
    ],
)
def test_days(day: str, name: str) -> None:
    assert day_name(day, "2026-11-23") == name


def test_instants_are_told_in_company_time() -> None:
    moment_name = moment_names(lambda: datetime(2026, 11, 23, 21, 30, tzinfo=UTC))  # past midnight in Moscow
    assert moment_name("2026-11-23T21:05:00Z", "Europe/Moscow") == "Today 00:05"
    assert moment_name("2026-11-23T20:05:00Z", "Europe/Moscow") == "Yesterday 23:05"
    exact = moment_name("2026-11-23T20:05:09Z", "Europe/Moscow", exact=True)
    assert exact == "Monday, 23 November 2026, 23:05:09 (Europe/Moscow)"


def test_a_whole_day() -> None:
    assert long_day_name("2026-11-23") == "Monday, 23 November"
