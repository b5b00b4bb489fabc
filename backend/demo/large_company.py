"""A company of any size, written in bulk: many popugs, many open tasks, each charged; its books are as true as any."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, func, insert, select

from backend.accounting.charges import charge
from backend.accounting.ledger import HOUSE
from backend.business_day import Moment
from backend.database import listed, new_ids, reading, writing
from backend.demo.titles import CHORES, PLACES
from backend.errors import Refused
from backend.people.replica import person
from backend.tasks.pricing import draw_prices
from backend.tasks.task import task

BATCH = 10_000


class SomebodyWorksHere(Refused):
    def __init__(self) -> None:
        super().__init__("There are people in this database. A large company is only made up in an empty one.")


def found(engine: Engine, *, tasks: int, people: int, dice: random.Random, now: Callable[[], Moment]) -> int:
    """Returns what was charged, in cents. Raises SomebodyWorksHere."""
    require_empty(engine)
    workers: list[UUID] = []
    for size in batches(people):
        workers += writing(engine, partial(hire, count=size, before=len(workers), at=now()))
    fees_cents = 0
    for size in batches(tasks):
        at = now()  # created and charged at one moment, as every task is
        rows = make_tasks(size, workers, dice, at)
        writing(engine, partial(take_in, rows=rows, at=at))
        fees_cents += sum(row["fee_cents"] for row in rows)
    return fees_cents


def require_empty(engine: Engine) -> None:
    with reading(engine) as connection:
        if connection.execute(select(func.count()).select_from(person)).scalar_one():
            raise SomebodyWorksHere


def batches(count: int) -> Iterator[int]:
    for start in range(0, count, BATCH):
        yield min(BATCH, count - start)


def hire(connection: Connection, count: int, before: int, at: Moment) -> list[UUID]:
    ids = new_ids(at.instant, count)
    same = {"role": "worker", "active": True, "version": 1}
    rows = [
        {"id": each, "name": f"Popug {number}", "email": f"popug-{number}@uberpopug.example", **same}
        for number, each in enumerate(ids, start=before + 1)
    ]
    connection.execute(insert(person), rows)
    return ids


def make_tasks(count: int, workers: Sequence[UUID], dice: random.Random, at: Moment) -> list[dict[str, Any]]:
    return [
        {
            "id": task_id,
            "title": dice.choice(CHORES).format(place=dice.choice(PLACES)),
            "description": "",
            "assignee_id": dice.choice(workers),
            "status": "open",
            "created_by": HOUSE,
            "created_at": at.instant,
            **vars(draw_prices(dice)),
        }
        for task_id in new_ids(at.instant, count)
    ]


def take_in(connection: Connection, rows: Sequence[dict[str, Any]], at: Moment) -> None:
    """Each charged to its first holder, as every new task is."""
    connection.execute(insert(task), rows)
    ids = listed(connection, id=[row["id"] for row in rows])
    columns = {"account_id": task.c.assignee_id, "task_id": task.c.id, "title": task.c.title, "cents": task.c.fee_cents}
    due = select(*(it.label(name) for name, it in columns.items()), task.c.id.label("round_id"))
    charge(connection, due.where(task.c.id == ids.c.id).subquery(), by=HOUSE, at=at)
