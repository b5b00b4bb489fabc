"""The demo history: three believable weeks, written once, right to the cent."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from time import monotonic

import pytest
from sqlalchemy import ColumnElement, Connection, func, select

from backend.accounting.books import account, day, entry
from backend.demo.chore import demonstrate, tell
from backend.demo.history import Past, live_today
from backend.people.replica import everybody
from backend.post.outbox import outbox
from backend.tasks.rounds import reassignment
from backend.tasks.task import task
from backend.tests.company import Company, Popug
from backend.verification import verify


@pytest.fixture
def cast(company: Company, boss: Popug, penny: Popug, chief: Popug) -> Company:
    for number in range(10):
        company.hire(f"Popug {number}")
    return company


def count(connection: Connection, condition: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).where(condition)).scalar_one()


def test_three_weeks_are_written_in_seconds_and_the_books_are_right(cast: Company, chief: Popug) -> None:
    started = monotonic()
    assert tell(cast.house)
    assert monotonic() - started < 10
    with cast.house.engine.connect() as connection:
        assert verify(connection) == []
        assert count(connection, task.c.status == "done") > 60
        assert count(connection, task.c.status == "open") > 5
        assert count(connection, task.c.key.is_not(None)) > 10
        assert count(connection, reassignment.c.state == "done") > 0
        assert count(connection, account.c.balance_cents < 0) > 0
        assert count(connection, day.c.state == "closed") >= 19
        assert count(connection, entry.c.kind == "payout") > 2  # about forty, but chance has a wide hand here
        assert count(connection, outbox.c.sent_at.is_(None)) == 0
        assert count(connection, entry.c.created_at > cast.clock()) == 0


def test_no_dashboard_is_empty_afterwards(cast: Company, chief: Popug) -> None:
    tell(cast.house)
    analytics = chief.get("/analytics").json()
    assert analytics["earned_today_cents"] != 0
    assert analytics["in_the_red"]
    assert analytics["top"]
    assert sum(each["earned_cents"] != 0 for each in analytics["earned_by_day"]) >= 6  # some may come to exactly zero
    company = chief.get("/company").json()
    assert company["day"]["fees_cents"] > 0
    assert len(company["days"]) >= 19


def test_tasks_are_made_on_working_days_at_working_hours(cast: Company) -> None:
    tell(cast.house)
    zone = cast.house.calendar.zone
    with cast.house.engine.connect() as connection:
        made = [at.astimezone(zone) for at in connection.scalars(select(task.c.created_at))]
    before_today = [at for at in made if at.date() < date(2026, 3, 4)]
    assert len({at.date() for at in before_today}) >= 12
    assert all(at.weekday() < 5 and 9 <= at.hour < 19 for at in before_today)


@pytest.mark.parametrize("hour", [0, 5, 12, 20, 21, 23])
def test_today_is_lively_at_any_hour_even_on_sunday(cast: Company, chief: Popug, hour: int) -> None:
    cast.clock.now = datetime(2026, 3, 8, hour, 0, 30, tzinfo=UTC)
    cast.house.feed.sync()

    def live(connection: Connection) -> None:
        live_today(Past(connection, everybody(connection), cast.house.lot, cast.house.calendar), cast.clock())

    cast.writing(live)
    with cast.house.engine.connect() as connection:
        assert set(connection.scalars(select(entry.c.kind))) >= {"fee", "reward"}
        assert set(connection.scalars(select(entry.c.day))) == {cast.now().day}


def test_two_processes_write_it_once(cast: Company) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: tell(cast.house), range(2)))
    with cast.house.engine.connect() as connection:
        assert verify(connection) == []
        assert count(connection, task.c.created_at < datetime(2026, 2, 12, tzinfo=UTC)) < 25


def test_where_there_is_work_already_nothing_is_made_up(company: Company, ann: Popug, boss: Popug) -> None:
    boss.creates()
    demonstrate(company.house, threading.Event())
    with company.house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(task)) == 1
