"""A crowd at midnight: four processes close one day while eight others finish tasks, some of them the same.

Half of those who finish tasks have a clock that says it is still the day that is closed, the others have the next. The
four may be killed at their work. Everybody says what they were told, and the books must say the same.
"""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier, Event
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from backend.accounting import payday
from backend.accounting.books import Kind, account, day, entry, payout
from backend.accounting.ledger import Movement, record
from backend.accounting.payday import Closing
from backend.business_day import Moment
from backend.database import AnyRow, open_engine, reading, writing
from backend.demo.large_company import found
from backend.people.replica import Person, store
from backend.post.outbox import outbox
from backend.tasks.completion import AlreadyCompleted, Reward, complete
from backend.tasks.task import task
from backend.verification import verify

pytestmark = pytest.mark.thorough

CLOSERS, FINISHERS = 4, 8
TASKS, PEOPLE = 4_800, 600
WEDNESDAY, THURSDAY = date(2026, 3, 4), date(2026, 3, 5)
BOSS = UUID(int=7)
A_FEW = 5  # tasks that each finishes before the closing begins, and again once it is over
LONGEST_REST_SECONDS = 0.08  # between two tasks: eight who never rest would keep every other writer out of SQLite
PATIENCE_SECONDS = 60

ours = multiprocessing.get_context("forkserver")
ours.set_forkserver_preload(["backend.tests.test_crowds"])


def at(on_day: date) -> Moment:
    return Moment(datetime(on_day.year, on_day.month, on_day.day, 9, tzinfo=UTC), on_day)


class Held(NamedTuple):
    task_id: UUID
    by: UUID


@dataclass(frozen=True)
class Told:
    """What somebody was told when they said that a task is done; `reward` is None when it was done already."""

    task_id: UUID
    clock: date
    when: str  # before, meanwhile, after
    reward: Reward | None


@dataclass(frozen=True)
class Night:
    """What all processes share: the database, the start, and the news that the day is closed."""

    url: str
    start: Barrier
    closed: Event


class Clerk:
    """A process that does one deed and reports."""

    def __init__(self, deed: Callable[..., None], *args: Any) -> None:
        self.pipe, theirs = ours.Pipe(duplex=False)
        self.process = ours.Process(target=deed, args=(theirs, *args), daemon=True)
        self.process.start()
        theirs.close()

    def report(self) -> Any:
        """EOFError when the process failed."""
        assert self.pipe.poll(PATIENCE_SECONDS), "it must come to an end"
        told = self.pipe.recv()
        self.process.join()
        return told

    def dies(self) -> None:
        assert self.process.is_alive(), "it must not have ended by itself"
        self.process.kill()
        self.process.join()


def close(pipe: Pipe, night: Night) -> None:
    payday.CHUNK = 10
    engine = open_engine(night.url)
    night.start.wait(PATIENCE_SECONDS)
    pipe.send(payday.close_days(engine, WEDNESDAY, lambda: at(THURSDAY)))


def finish(pipe: Pipe, night: Night, tasks: Sequence[Held], clock: date) -> None:
    """One task after the other, until the day is closed and a few are done after it."""
    engine, left = open_engine(night.url), iter(tasks)
    told = [finish_one(engine, held, clock, "before") for held in islice(left, A_FEW)]
    night.start.wait(PATIENCE_SECONDS)
    while not night.closed.is_set():
        told.append(finish_one(engine, next(left), clock, "meanwhile"))  # StopIteration: TASKS are too few
        time.sleep(random.uniform(0, LONGEST_REST_SECONDS))
    told += [finish_one(engine, held, clock, "after") for held in islice(left, A_FEW)]
    pipe.send(told)


def finish_one(engine: Engine, held: Held, clock: date, when: str) -> Told:
    try:
        reward = writing(engine, partial(complete, task_id=held.task_id, by=held.by, at=at(clock)))
    except AlreadyCompleted:
        return Told(held.task_id, clock, when, None)
    return Told(held.task_id, clock, when, reward)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """On Wednesday everybody is charged; but for the last fifty, they had a good year, and will be owed something."""
    engine = open_engine(database_url)
    found(engine, tasks=TASKS, people=PEOPLE, dice=random.Random(1), now=lambda: at(WEDNESDAY))
    boss = Person(id=BOSS, name="Boss Macaw", version=1, email="boss@uberpopug.example", role="manager", active=True)
    writing(engine, partial(store, people=[boss]))
    with reading(engine) as connection:
        lucky = connection.scalars(select(account.c.id).order_by(account.c.id).limit(PEOPLE - 50)).all()
    gifts = [Movement(each, Kind.CORRECTION, 100_000, reason="A good year") for each in lucky]
    writing(engine, partial(record, movements=gifts, by=BOSS, at=at(WEDNESDAY)))
    yield engine
    engine.dispose()


@dataclass
class Crowd:
    night: Night
    closers: list[Clerk]
    finishers: list[Clerk]

    @classmethod
    def gathers(cls, engine: Engine, url: str) -> "Crowd":
        night = Night(url, ours.Barrier(CLOSERS + FINISHERS), ours.Event())
        with reading(engine) as connection:
            open_tasks = select(task.c.id, task.c.assignee_id).where(task.c.status == "open").order_by(func.random())
            tasks = [Held(*row) for row in connection.execute(open_tasks)]
        finishers = [Clerk(finish, night, order, clock) for order, clock in pairs_at(tasks)]
        return cls(night, [Clerk(close, night) for _ in range(CLOSERS)], finishers)

    def goes_home(self, engine: Engine) -> None:
        """Once the day is closed by those closers who are still there."""
        closings = [closer.report() for closer in self.closers]
        self.night.closed.set()
        told = [each for finisher in self.finishers for each in finisher.report()]
        check_night(engine, closings, told)


def pairs_at(tasks: Sequence[Held]) -> Iterator[tuple[Sequence[Held], date]]:
    """What each finishes, and by which clock; two are at every fourth task, the first of all among them."""
    for pair in range(0, FINISHERS, 2):
        ones, others = tasks[pair::FINISHERS], tasks[pair + 1 :: FINISHERS]
        yield ones, WEDNESDAY
        yield [both[place % 4 > 0] for place, both in enumerate(zip(ones, others, strict=True))], THURSDAY


def test_four_processes_close_one_day_while_eight_finish_tasks(engine: Engine, database_url: str) -> None:
    Crowd.gathers(engine, database_url).goes_home(engine)


@pytest.mark.parametrize("seed", range(2))
def test_when_two_of_the_four_are_killed_the_others_close_the_day(engine: Engine, database_url: str, seed: int) -> None:
    crowd, dice = Crowd.gathers(engine, database_url), random.Random(seed)
    for share in (0.2, 0.5):
        wait_until_closing(engine, share)
        time.sleep(dice.uniform(0, 0.02))
        crowd.closers.pop().dies()
    with reading(engine) as connection:
        assert connection.scalar(select(day.c.state).where(day.c.day == WEDNESDAY)) == "closing"
        assert verify(connection) == []
    crowd.goes_home(engine)


def wait_until_closing(engine: Engine, share: float) -> None:
    """And that share of the accounts is on the next page."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with reading(engine) as connection:
            state = connection.scalar(select(day.c.state).where(day.c.day == WEDNESDAY))
            turned = connection.execute(select(func.count()).where(account.c.open_day > WEDNESDAY)).scalar_one()
        assert state != "closed", "too late"
        if state == "closing" and turned >= share * PEOPLE:
            return
        time.sleep(0.002)
    raise AssertionError("nobody closes the day")


def check_night(engine: Engine, closings: Sequence[list[Closing]], told: Sequence[Told]) -> None:
    with reading(engine) as connection:
        assert verify(connection) == []
        entries = connection.execute(select(entry).order_by(entry.c.account_id, entry.c.seq)).all()
        paid = {(row.account_id, row.day): row.amount_cents for row in connection.execute(select(payout))}
        letters = connection.execute(select(outbox.c.payload, outbox.c.awaits_day)).all()
        closed = connection.execute(select(day).where(day.c.day == WEDNESDAY)).one()
    check_told(told, entries)
    assert paid == due_on_wednesday(entries)
    assert len(paid) >= PEOPLE - 50
    assert sorted((UUID(row.payload["person_id"]), row.payload["amount_cents"]) for row in letters) == sorted(
        (person_id, cents) for (person_id, _), cents in paid.items()
    )
    assert {(row.payload["day"], row.awaits_day) for row in letters} == {("2026-03-04", None)}
    assert closings == [[Closing(WEDNESDAY, len(paid), sum(paid.values()))]] * len(closings)
    sums = sums_of_wednesday(entries)
    assert (closed.fees_cents, closed.rewards_cents, closed.payouts_cents) == (
        -sums[Kind.FEE],
        sums[Kind.REWARD],
        -sums[Kind.PAYOUT],
    )
    assert (closed.state, len(closed.seal)) == ("closed", 32)


def check_told(told: Sequence[Told], entries: Sequence[AnyRow]) -> None:
    """Each task that somebody was told they are paid for is in the books once, with that amount, on the right page."""
    rewards = {row.task_id: row for row in entries if row.kind == Kind.REWARD}
    paid_at = {row.account_id: row.seq for row in entries if row.kind == Kind.PAYOUT}
    acknowledged = [each for each in told if each.reward]
    assert sorted(each.task_id for each in acknowledged) == sorted(rewards)
    days = Counter[tuple[str, date, date]]()
    for each in acknowledged:
        row = rewards[each.task_id]
        assert Reward(row.amount_cents, row.balance_after_cents) == each.reward
        days[each.when, each.clock, row.day] += 1
        if row.account_id in paid_at:
            assert row.day == (WEDNESDAY if row.seq < paid_at[row.account_id] else THURSDAY)
    refused = {each.task_id for each in told if not each.reward}
    assert refused <= set(rewards), "it was done already, they were told"
    assert len(refused) >= FINISHERS // 2, "two of them were at the same task"
    assert days["meanwhile", WEDNESDAY, WEDNESDAY], "they must have been at it before the closers came by"
    assert days["meanwhile", WEDNESDAY, THURSDAY], "and after it"
    assert {on_day for when, _, on_day in days if when == "after"} == {THURSDAY}
    assert {on_day for _, clock, on_day in days if clock == THURSDAY} == {THURSDAY}


def due_on_wednesday(entries: Sequence[AnyRow]) -> dict[tuple[UUID, date], int]:
    """By addition of what the day brought, payouts left out: whoever ends it above zero is paid."""
    brought = Counter[UUID]()
    for row in entries:
        if row.day == WEDNESDAY and row.kind != Kind.PAYOUT:
            brought[row.account_id] += row.amount_cents
    return {(person_id, WEDNESDAY): cents for person_id, cents in brought.items() if cents > 0}


def sums_of_wednesday(entries: Sequence[AnyRow]) -> Counter[str]:
    sums = Counter[str]()
    for row in entries:
        if row.day == WEDNESDAY:
            sums[row.kind] += row.amount_cents
    return sums
