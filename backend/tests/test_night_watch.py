"""The day ends by itself: at the hour, in the company's zone, missed days in order, whoever was killed meanwhile."""

import asyncio
import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from datetime import time as hour
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from backend.accounting import payday
from backend.accounting.books import Kind, day, payout
from backend.accounting.ledger import About, Movement, record
from backend.accounting.night_watch import NightWatch
from backend.app import chores, lifespan
from backend.business_day import Calendar, Moment
from backend.database import open_engine, reading, writing
from backend.tests.company import Company, HandClock, Popug
from backend.verification import verify

pytestmark = pytest.mark.thorough

WEDNESDAY = date(2026, 3, 4)
MOSCOW = Calendar(ZoneInfo("Europe/Moscow"))
BOTH_CHANGES_OF_THE_CLOCKS = [
    ("Europe/Lisbon", date(2026, 3, 29)),
    ("Europe/Lisbon", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Asia/Kathmandu", date(2026, 3, 29)),
    ("Asia/Kathmandu", date(2026, 10, 25)),
]
CLOSINGS = [0, 1, 2, 6]  # one and two o'clock are where clocks jump, and what they show twice


@pytest.fixture
def engine(company: Company) -> Engine:
    return company.house.engine


@pytest.fixture
def watch(company: Company, engine: Engine) -> NightWatch:
    return NightWatch(engine, MOSCOW, company.clock)


def earns(engine: Engine, person_id: UUID, at: Moment, cents: int = 3000) -> None:
    task_id = uuid4()
    movement = Movement(person_id, Kind.REWARD, cents, About(task_id, "Oil the door", task_id))
    writing(engine, lambda connection: record(connection, [movement], by=person_id, at=at))


def paid(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(payout)).scalar_one()


@pytest.mark.parametrize("closing", CLOSINGS)
@pytest.mark.parametrize(("zone", "on_day"), BOTH_CHANGES_OF_THE_CLOCKS)
def test_the_day_closes_on_the_stroke_of_the_hour_and_not_a_second_before(
    engine: Engine, zone: str, on_day: date, closing: int
) -> None:
    calendar, person_id = Calendar(ZoneInfo(zone), hour(closing)), uuid4()
    for each in (on_day - timedelta(days=1), on_day):
        clock = HandClock(calendar.ends_at(each) - timedelta(seconds=1))
        watch = NightWatch(engine, calendar, clock)
        earns(engine, person_id, calendar.moment(clock()))
        assert watch.look() == []
        assert watch.pause_seconds() == 1
        clock.turn(seconds=1)
        assert [(closed.day, closed.accounts) for closed in watch.look()] == [(each, 1)]
        assert watch.look() == []
        assert watch.pause_seconds() == 60


def test_missed_days_are_closed_in_order_each_once(
    company: Company, engine: Engine, watch: NightWatch, ann: Popug
) -> None:
    earns(engine, ann.id, company.now())
    company.time_passes(days=4)
    assert [closed.payouts_cents for closed in watch.look()] == [3000, 0, 0, 0]
    with engine.connect() as connection:
        query = select(day.c.day).where(day.c.state == "closed").order_by(day.c.closed_at, day.c.day)
        assert list(connection.scalars(query)) == [WEDNESDAY + timedelta(days=n) for n in range(4)]
    assert watch.look() == []


def test_a_day_closed_by_hand_before_its_end_is_not_closed_again(
    company: Company, engine: Engine, watch: NightWatch, ann: Popug
) -> None:
    earns(engine, ann.id, company.now())
    company.closes(WEDNESDAY)
    company.time_passes(hours=13)
    assert watch.look() == []
    assert paid(engine) == 1


def test_a_clock_that_was_set_back_closes_nothing(
    company: Company, engine: Engine, watch: NightWatch, ann: Popug
) -> None:
    earns(engine, ann.id, company.now())
    company.clock.turn(days=-3)
    assert watch.look() == []


def test_before_the_first_task_there_is_nothing_to_watch(watch: NightWatch) -> None:
    assert watch.look() == []


def test_a_watch_that_is_told_to_stop_leaves_the_rest_to_others(
    company: Company, engine: Engine, watch: NightWatch, ann: Popug
) -> None:
    earns(engine, ann.id, company.now())
    company.time_passes(days=2)
    stop = threading.Event()
    stop.set()
    assert watch.look(stop) == []
    assert len(watch.look()) == 2


def test_four_watches_without_a_leader_pay_each_account_once(
    company: Company, engine: Engine, watch: NightWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payday, "CHUNK", 3)
    for _ in range(20):
        earns(engine, uuid4(), company.now())
    company.time_passes(days=2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: watch.look(), range(4)))
    assert paid(engine) == 20
    with engine.connect() as connection:
        states = connection.scalars(select(day.c.state).where(day.c.day <= WEDNESDAY + timedelta(days=1)))
        assert list(states) == ["closed", "closed"]


def close_slowly(url: str) -> None:
    """One account after the other, with a pause inside each transaction."""
    payday.CHUNK = 1

    def now() -> Moment:
        time.sleep(0.1)
        return MOSCOW.moment(datetime(2026, 3, 5, 12, tzinfo=UTC))

    payday.close_days(open_engine(url), WEDNESDAY, now)


def test_what_a_killed_process_left_the_next_one_finishes(
    company: Company, engine: Engine, watch: NightWatch, database_url: str, boss: Popug
) -> None:
    popugs = [company.hire(f"Popug {number}") for number in range(12)]
    while not all(company.entries(popug) for popug in popugs):
        boss.creates()
    for popug in popugs:
        for task in popug.get("/tasks").json()["items"]:
            popug.completes(task)
    owed_to = sum(popug.balance() > 0 for popug in popugs)
    process = multiprocessing.get_context("spawn").Process(target=close_slowly, args=(database_url,))
    process.start()
    while paid(engine) < 3:
        assert process.is_alive()
        time.sleep(0.02)
    process.kill()
    process.join()
    process.close()
    assert 3 <= paid(engine) < owed_to
    company.time_passes(days=1)
    assert [closed.accounts for closed in watch.look()] == [owed_to]
    with engine.connect() as connection:
        assert verify(connection) == []


def test_every_serving_process_closes_what_was_missed_as_soon_as_it_starts(
    company: Company, engine: Engine, ann: Popug
) -> None:
    earns(engine, ann.id, company.now())
    company.time_passes(days=1)
    [run] = [chore for chore in chores(company.house) if isinstance(getattr(chore, "__self__", None), NightWatch)]
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    until = time.monotonic() + 10
    while not paid(engine) and time.monotonic() < until:
        time.sleep(0.05)
    stop.set()
    thread.join()
    assert paid(engine) == 1


def test_a_night_without_the_database_does_not_end_the_watch(
    company: Company, watch: NightWatch, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    looks: list[int] = []

    def look(_: threading.Event) -> None:
        looks.append(len(looks))
        if len(looks) == 3:
            stop.set()
        raise OSError("no database")

    monkeypatch.setattr(watch, "look", look)
    monkeypatch.setattr("backend.accounting.night_watch.LONGEST_PAUSE_SECONDS", 0.01)
    watch.run(stop)
    assert looks == [0, 1, 2]
    assert "the night watch could not do its round" in caplog.text


def test_chores_have_put_their_work_down_before_the_house_closes(company: Company) -> None:
    done = threading.Event()

    def chore(stop: threading.Event) -> None:
        stop.wait()
        time.sleep(0.2)
        with reading(company.house.engine):
            done.set()

    async def open_and_close() -> None:
        async with lifespan(company.house, [chore])(company.app):
            assert not done.is_set()

    asyncio.run(open_and_close())
    assert done.is_set()
