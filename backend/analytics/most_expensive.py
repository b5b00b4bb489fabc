"""The most expensive task: the highest reward among the tasks done, by day and for a period; ties are all counted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Date, and_, column, func, select, values

from backend.accounting.day_totals import every_day
from backend.database import AnyRow
from backend.people.replica import Ref, person, ref
from backend.tasks.task import task

TIES_SHOWN = 10  # there are but 21 prices, so on a big day thousands share the highest


class TaskName(BaseModel):
    id: UUID
    title: str


class TopTask(BaseModel):
    task: TaskName
    reward_cents: int
    person: Ref
    done_at: datetime

    @classmethod
    def of(cls, row: AnyRow) -> "TopTask":
        return cls(
            task=TaskName(id=row.id, title=row.title),
            reward_cents=row.reward_cents,
            person=ref(row),
            done_at=row.done_at,
        )


class TopOfDay(BaseModel):
    """`top`: the first to be done; `count`: of all that share the highest reward."""

    day: date
    top: list[TopTask]
    count: int


def top_by_day(connection: Connection, first: date, last: date, *, today: date) -> list[TopOfDay]:
    """Every day of the span up to today, newest first; one on which nothing was done says so by an empty list.

    When today was closed early, what is done now is on tomorrow's page, and shown.
    """
    asked = values(column("day", Date), name="asked").data([(each,) for each in every_day(first, last)]).cte()
    highest = select(func.max(task.c.reward_cents)).where(task.c.day_done == asked.c.day).scalar_subquery()
    best = select(asked.c.day, highest.label("reward_cents")).subquery("best")
    place = func.row_number().over(partition_by=task.c.day_done, order_by=(task.c.done_at, task.c.id)).label("place")
    sharing = func.count().over(partition_by=task.c.day_done).label("sharing")
    shown = (task.c.id, task.c.title, task.c.reward_cents, task.c.done_at, task.c.day_done, task.c.assignee_id)
    tied = (
        select(*shown, place, sharing)
        .join_from(best, task, and_(task.c.day_done == best.c.day, task.c.reward_cents == best.c.reward_cents))
        .subquery()
    )
    query = (
        select(
            tied,
            tied.c.assignee_id.label("person_id"),
            person.c.name.label("person_name"),
            person.c.version.label("person_version"),
        )
        .join_from(tied, person, person.c.id == tied.c.assignee_id, isouter=True)
        .where(tied.c.place <= TIES_SHOWN)
        .order_by(tied.c.day_done.desc(), tied.c.place)
    )
    lived = (min(last, today) - first).days + 1
    days: dict[date, list[AnyRow]] = {first + timedelta(days=after): [] for after in range(lived)}
    for row in connection.execute(query):
        days.setdefault(row.day_done, []).append(row)
    return [of_day(on_day, days[on_day]) for on_day in sorted(days, reverse=True)]


def of_day(day: date, rows: Sequence[AnyRow]) -> TopOfDay:
    return TopOfDay(day=day, top=[TopTask.of(row) for row in rows], count=rows[0].sharing if rows else 0)


def top_of_all(by_day: Sequence[TopOfDay]) -> tuple[list[TopTask], int]:
    """For the whole period: the highest among the days' highest, the latest days first, and how many share it."""
    highest = max((day.top[0].reward_cents for day in by_day if day.top), default=0)
    best = [day for day in by_day if day.top and day.top[0].reward_cents == highest]
    return [each for day in best for each in day.top][:TIES_SHOWN], sum(day.count for day in best)
