"""The history itself: working days with tasks made, dealt, done, and each night the day closed and paid."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from backend.accounting.payday import close_day, days_to_close
from backend.business_day import Calendar, Moment
from backend.demo.titles import CHORES, PLACES, PROJECTS
from backend.people.replica import Person, everybody
from backend.people.roster import Lot
from backend.post.outbox import consider_sent
from backend.tasks.completion import complete
from backend.tasks.creation import create_tasks
from backend.tasks.draft import Draft
from backend.tasks.reassignment import reassign
from backend.tasks.task import task

DAYS = 21
WORK_BEGINS = time(9, 30)
WORK_HOURS = 8.5
ACTIONS_A_DAY = (14, 22)
ACTIONS_TODAY = 18
ALWAYS_OPEN = 6  # tasks: there is work left for whoever looks around
SHUFFLE_CHANCE = 0.25


@dataclass(frozen=True)
class Past:
    """Who makes history, with what dice, and by which rules."""

    connection: Connection
    people: Sequence[Person]
    lot: Lot
    calendar: Calendar

    @property
    def dice(self) -> random.Random:
        return self.lot.dice

    def of_role(self, *roles: str) -> list[Person]:
        return [each for each in self.people if each.active and each.role in roles]


def write_history(connection: Connection, *, now: datetime, lot: Lot, calendar: Calendar) -> None:
    """Three weeks up to now; the caller's transaction makes all of it true at once."""
    past = Past(connection, everybody(connection), lot, calendar)
    today = calendar.day_of(now)
    for back in range(DAYS, 0, -1):
        live_through(past, today - timedelta(days=back))
        close_the_night(past, today - timedelta(days=back))
    live_today(past, now)
    consider_sent(connection)


def live_through(past: Past, day: date) -> None:
    if day.weekday() >= 5:
        return
    shuffle_at = past.dice.randrange(4, ACTIONS_A_DAY[0]) if past.dice.random() < SHUFFLE_CHANCE else -1
    for number, instant in enumerate(working_hours(past, day)):
        at = past.calendar.moment(instant)
        if number == shuffle_at:
            shuffle(past, at)
        elif number < 4 or past.dice.random() < 0.38:
            create(past, at)
        else:
            finish_something(past, at)


def working_hours(past: Past, day: date) -> Iterator[datetime]:
    """Instants at which somebody does something, in order."""
    start = datetime.combine(day, WORK_BEGINS, past.calendar.zone)
    actions = past.dice.randint(*ACTIONS_A_DAY)
    hours = sorted(past.dice.uniform(0, WORK_HOURS) for _ in range(actions))
    return (start + timedelta(hours=hour) for hour in hours)


def create(past: Past, at: Moment) -> None:
    author = past.dice.choice(past.of_role("manager", "admin", "worker") or list(past.people))
    create_tasks(past.connection, [draft(past.dice)], by=author.id, at=at, lot=past.lot)


def draft(dice: random.Random) -> Draft:
    title = dice.choice(PROJECTS) if dice.random() < 0.35 else dice.choice(CHORES).format(place=dice.choice(PLACES))
    key = f"POPUG-{dice.randint(100, 999)}" if dice.random() < 0.3 else None
    return Draft.of(title, key=key)


def shuffle(past: Past, at: Moment) -> None:
    managers = past.of_role("manager", "admin")
    if managers:
        reassign(past.connection, by=past.dice.choice(managers).id, at=at, lot=past.lot)


def finish_something(past: Past, at: Moment) -> None:
    """Some are diligent and some are not, and end up in the red. The last few tasks stay open."""
    open_tasks = list(past.connection.execute(select(task.c.id, task.c.assignee_id).where(task.c.status == "open")))
    wanted = [row for row in open_tasks if past.dice.random() < diligence(past, row.assignee_id)]
    if wanted and len(open_tasks) > ALWAYS_OPEN:
        chosen = past.dice.choice(wanted)
        complete(past.connection, chosen.id, by=chosen.assignee_id, at=at)


def diligence(past: Past, person_id: UUID) -> float:
    place = [each.id for each in past.of_role(*past.lot.roles)].index(person_id)
    return (0.95, 0.7, 0.1)[place % 3]


def close_the_night(past: Past, day: date) -> None:
    """A minute after the day is over."""
    at = past.calendar.moment(past.calendar.ends_at(day) + timedelta(minutes=1))
    for each in days_to_close(past.connection, day):
        close_day(past.connection, each, at)


def live_today(past: Past, now: datetime) -> None:
    """Whatever the hour, and be it Sunday: somebody was in, so that no dashboard of today is empty."""
    begin = datetime.combine(past.calendar.day_of(now), WORK_BEGINS, past.calendar.zone)
    begin = max(begin, past.calendar.starts_at(past.calendar.day_of(now)))
    if now < begin + timedelta(hours=1):
        begin = past.calendar.starts_at(past.calendar.day_of(now))
    end = min(now, begin + timedelta(hours=WORK_HOURS))
    for number, share in enumerate(sorted(past.dice.random() for _ in range(ACTIONS_TODAY))):
        at = past.calendar.moment(begin + (end - begin) * share)
        if number < ACTIONS_TODAY // 2:
            create(past, at)
        else:
            finish_something(past, at)
