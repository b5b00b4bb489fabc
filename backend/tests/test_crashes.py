"""kill -9 at random instants of a company at work: the books are right at every one, and whoever comes next goes on.

CRASHES says how many; each victim deals rounds, finishes tasks, closes days and pays, in turn, until it dies. The whole
books are verified after each crash, and they grow with each, so every twenty crashes happen to a company of their own.
"""

import multiprocessing
import os
import random
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count, takewhile
from multiprocessing.synchronize import Event
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, func, select

from backend.accounting import payday
from backend.accounting.books import Kind, account, day, entry, payout
from backend.accounting.ledger import Movement, record
from backend.business_day import Moment
from backend.database import open_engine, reading, writing
from backend.demo.large_company import found
from backend.people.replica import Person, store
from backend.people.roster import Lot
from backend.post.outbox import outbox
from backend.tasks import reassignment as reassignment_room
from backend.tasks.completion import AlreadyCompleted, NotYourTask, complete
from backend.tasks.dealer import Dealer, Pace
from backend.tasks.draw_check import check_draw
from backend.tasks.reassignment import press
from backend.tasks.rounds import newest_round, reassignment, running_round
from backend.tasks.task import task
from backend.verification import verify

CRASHES = int(os.environ.get("CRASHES", "12"))
COMPANIES = -(-CRASHES // 20)
TASKS, PEOPLE = 1_500, 150
FIRST_DAY = date(2026, 3, 4)
ROLES = ("worker",)
BOSS = UUID(int=7)


def at(on_day: date) -> Moment:
    return Moment(datetime(on_day.year, on_day.month, on_day.day, 9, tzinfo=UTC), on_day)


def open_day(connection: Connection) -> date:
    """The day that is lived through: the first that is not closed."""
    closed = connection.scalar(select(func.max(day.c.day)).where(day.c.state == "closed"))
    return closed + timedelta(days=1) if closed else FIRST_DAY


@dataclass
class Shift:
    """What a process of the backend does all day, in small steps, so that a crash finds it in the middle."""

    engine: Engine
    dice: random.Random

    def today(self) -> date:
        with reading(self.engine) as connection:
            return open_day(connection)

    def now(self) -> Moment:
        return at(self.today())

    def deal(self) -> None:
        lot, now = Lot(self.dice, ROLES), self.now()
        with reading(self.engine) as connection:
            seen = newest_round(connection)
        writing(self.engine, lambda connection: press(connection, seen=seen, by=BOSS, at=now, lot=lot))
        self.go_on_dealing()

    def go_on_dealing(self) -> None:
        Dealer(self.engine, ROLES, self.now, Pace(150)).look()

    def finish_some(self) -> None:
        now = self.now()
        query = select(task.c.id, task.c.assignee_id).where(task.c.status == "open").order_by(func.random()).limit(8)
        with reading(self.engine) as connection:
            mine = connection.execute(query).all()
        for task_id, holder in mine:
            with suppress(NotYourTask, AlreadyCompleted):
                writing(self.engine, partial(complete, task_id=task_id, by=holder, at=now))

    def give(self) -> None:
        """Else nobody would ever be paid: the fees of all these rounds weigh more than a few rewards."""
        now = self.now()
        with reading(self.engine) as connection:
            some = list(connection.scalars(select(account.c.id).order_by(func.random()).limit(40)))
        gifts = [Movement(each, Kind.CORRECTION, 500_000, reason="A good year") for each in some]
        writing(self.engine, partial(record, movements=gifts, by=BOSS, at=now))

    def close(self) -> None:
        last = self.today()
        payday.close_days(self.engine, last, lambda: at(last))


def work_until_killed(url: str, seed: int, begun: Event) -> None:
    reassignment_room.AT_ONCE = 100
    payday.CHUNK = 8 if url.startswith("sqlite") else 2  # so that a closing takes about as long as a round
    shift = Shift(open_engine(url), random.Random(seed))
    deeds = deque([shift.go_on_dealing, shift.deal, shift.finish_some, shift.give, shift.close])
    deeds.rotate(shift.dice.randrange(len(deeds)))
    shift.today()  # connects
    begun.set()
    while True:
        deeds[0]()
        deeds.rotate(-1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    found(engine, tasks=TASKS, people=PEOPLE, dice=random.Random(1), now=lambda: at(FIRST_DAY))
    boss = Person(id=BOSS, name="Boss Macaw", version=1, email="boss@uberpopug.example", role="manager", active=True)
    writing(engine, partial(store, people=[boss]))
    Shift(engine, random.Random(1)).give()
    yield engine
    engine.dispose()


def found_in_the_middle(engine: Engine) -> list[str]:
    """What the crash interrupted, as the committed rows tell."""
    with reading(engine) as connection:
        assert verify(connection) == []
        closing = connection.scalar(select(day.c.day).where(day.c.state == "closing"))
        return ["round"] * (running_round(connection) is not None) + ["close"] * (closing is not None)


@pytest.mark.thorough
@pytest.mark.parametrize("founded", range(COMPANIES))
def test_killed_at_any_instant_of_shuffle_and_close_nothing_is_paid_twice_and_no_letter_is_lost(
    engine: Engine, database_url: str, founded: int
) -> None:
    dice, interrupted = random.Random(founded), Counter[str]()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["backend.tests.test_crashes"])
    for _ in crashes(len(range(founded, CRASHES, COMPANIES)), interrupted):
        begun = [context.Event() for _ in range(dice.randint(1, 2))]
        victims = [
            context.Process(target=work_until_killed, args=(database_url, dice.getrandbits(32), event), daemon=True)
            for event in begun
        ]
        for victim in victims:
            victim.start()
        assert all(event.wait(60) for event in begun)
        time.sleep(dice.uniform(0, 1))
        for victim in victims:
            assert victim.is_alive(), "it must not have ended by itself"
            victim.kill()
            victim.join()
        interrupted.update(found_in_the_middle(engine))
    assert interrupted["round"], interrupted
    assert interrupted["close"], interrupted
    finish_and_check(engine)


def crashes(at_least: int, interrupted: Counter[str]) -> Iterator[int]:
    """And further ones, until a round and a closing were interrupted: chance decides what a crash meets."""
    return takewhile(lambda number: number < at_least or len(interrupted) < 2, range(at_least + 60))


def finish_and_check(engine: Engine) -> None:
    """After the last crash one process comes back and ends what there is."""
    shift = Shift(engine, random.Random(0))
    for _ in count():
        shift.go_on_dealing()
        with reading(engine) as connection:
            if running_round(connection) is None:
                break
    shift.close()
    with reading(engine) as connection:
        assert verify(connection) == []
        for round_id in connection.scalars(select(reassignment.c.id)).all():
            assert check_draw(connection, round_id).differences == []
        payouts = connection.execute(select(func.count(), func.sum(payout.c.amount_cents))).one()
        paid = (func.count(), -func.sum(entry.c.amount_cents))
        assert payouts == connection.execute(select(*paid).where(entry.c.kind == Kind.PAYOUT)).one()
        assert count_letters(connection, "payout") == payouts[0] > 0
        charged = select(entry.c.round_id, entry.c.account_id).where(entry.c.kind == Kind.FEE)
        told = charged.where(entry.c.round_id != entry.c.task_id).distinct().subquery()
        assert count_letters(connection, "new work") == connection.scalar(select(func.count()).select_from(told))


def count_letters(connection: Connection, topic: str) -> int:
    return connection.execute(select(func.count()).where(outbox.c.topic == topic)).scalar_one()
