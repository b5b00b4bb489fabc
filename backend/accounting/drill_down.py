"""From a figure of the company's books to the entries behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, Engine, func, literal, select, tuple_

from backend.accounting.books import Kind, entry
from backend.accounting.company import first_day
from backend.accounting.cursors import not_ours, number_in
from backend.accounting.entries import Entry, with_actor
from backend.database import AnyRow, reading
from backend.errors import InvalidInput
from backend.people.replica import Ref, person

ORDER = (entry.c.day, entry.c.kind, entry.c.amount_cents, entry.c.account_id, entry.c.seq)
EXPORTED_AT_ONCE = 2_000


class CompanyEntry(Entry):
    account: Ref


class CompanyEntries(BaseModel):
    """Newest day first, then by kind, the largest amounts first. `sum_cents` and `count` are of all pages."""

    time_zone: str
    sum_cents: int
    count: int
    items: list[CompanyEntry]
    next: str | None


@dataclass(frozen=True)
class Wanted:
    """Which entries: of these days, kinds (all when empty), and account (everybody's when None)."""

    first: date
    last: date
    kinds: Sequence[Kind] = ()
    account_id: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [entry.c.day.between(self.first, self.last)]
        if self.kinds:
            found.append(entry.c.kind.in_(self.kinds))
        if self.account_id:
            found.append(entry.c.account_id == self.account_id)
        return found


def wanted_days(
    connection: Connection,
    today: date,
    *,
    day: date | None = None,
    first: date | None,
    last: date | None,
    longest: int | None = None,
) -> tuple[date, date]:
    """One day, or from one to another; from the first of the books when only the last is said, and today when nothing
    is. `longest`: how many days at most. Raises InvalidInput.
    """
    if day and (first or last):
        raise InvalidInput("Ask for one day, or for days from one to another, not for both.", field="day")
    if last and not first:
        first = min(first_day(connection) or last, last)
    span = (day or first or today, day or last or max(today, first or today))
    if span[0] > span[1]:
        raise InvalidInput(f"The first day, {span[0]}, comes after the last, {span[1]}: swap them.", field="from")
    if longest and (span[1] - span[0]).days >= longest:
        raise InvalidInput(f"Please ask for at most {longest:,} days at once.", field="from")
    return span


def drill_down(
    connection: Connection, wanted: Wanted, *, time_zone: str, after: str | None, limit: int
) -> CompanyEntries:
    rows = find_entries(connection, wanted, cursor=read_cursor(after) if after else None, limit=limit + 1)
    totals = select(func.coalesce(func.sum(entry.c.amount_cents), 0), func.count()).where(*wanted.conditions())
    sum_cents, count = connection.execute(totals).one()
    items = name_accounts(connection, rows[:limit])
    further = cursor_of(rows[limit - 1]) if len(rows) > limit else None
    return CompanyEntries(time_zone=time_zone, sum_cents=int(sum_cents), count=count, items=items, next=further)


def find_entries(connection: Connection, wanted: Wanted, *, cursor: Sequence[Any] | None, limit: int) -> list[AnyRow]:
    query = with_actor().where(*wanted.conditions())
    if cursor:
        last_seen = [literal(value, column.type) for value, column in zip(cursor, ORDER, strict=True)]
        query = query.where(tuple_(*ORDER) < tuple_(*last_seen))
    return list(connection.execute(query.order_by(*(column.desc() for column in ORDER)).limit(limit)))


def name_accounts(connection: Connection, rows: Sequence[AnyRow]) -> list[CompanyEntry]:
    query = select(person.c.id, person.c.name, person.c.version).where(
        person.c.id.in_({row.account_id for row in rows})
    )
    known = {row.id: Ref(**row._asdict()) for row in connection.execute(query)}
    return [
        CompanyEntry(
            **dict(Entry.of(row)),
            account=known.get(row.account_id) or Ref(id=row.account_id, name="Someone unknown", version=0),
        )
        for row in rows
    ]


def cursor_of(row: AnyRow) -> str:
    return f"{row.day}~{row.kind}~{row.amount_cents}~{row.account_id}~{row.seq}"


def read_cursor(text: str) -> tuple[date, str, int, UUID, int]:
    try:
        day, kind, cents, account_id, seq = text.split("~")
        return date.fromisoformat(day), Kind(kind), number_in(cents), UUID(account_id), number_in(seq)
    except ValueError:
        raise not_ours() from None


def pages(engine: Engine, wanted: Wanted) -> Iterator[list[CompanyEntry]]:
    """All of them, each page in a snapshot of its own: entries never change, and new ones belong to the open day."""
    cursor: Sequence[Any] | None = None
    while True:
        with reading(engine) as connection:
            rows = find_entries(connection, wanted, cursor=cursor, limit=EXPORTED_AT_ONCE)
            named = name_accounts(connection, rows)
        yield named
        if len(rows) < EXPORTED_AT_ONCE:
            return
        cursor = read_cursor(cursor_of(rows[-1]))
