"""A statement to take away: every entry of an account from one day to another, oldest first."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select

from backend.accounting.books import entry
from backend.accounting.csv_export import Cell, dollars, local
from backend.database import AnyRow, reading

HEADER = ("number", "day", "time", "kind", "amount", "balance", "what for", "task")
EXPORTED_AT_ONCE = 2_000


def statement_rows(
    engine: Engine, person_id: UUID, zone: ZoneInfo, *, first: date | None, last: date | None
) -> Iterator[list[tuple[Cell, ...]]]:
    last_seen = 0
    while True:
        query = select(entry).where(entry.c.account_id == person_id, entry.c.seq > last_seen)
        query = query.where(entry.c.day >= first) if first else query
        query = query.where(entry.c.day <= last) if last else query
        with reading(engine) as connection:
            rows = connection.execute(query.order_by(entry.c.seq).limit(EXPORTED_AT_ONCE)).all()
        yield [row_of(row, zone) for row in rows]
        if len(rows) < EXPORTED_AT_ONCE:
            return
        last_seen = rows[-1].seq


def row_of(row: AnyRow, zone: ZoneInfo) -> tuple[Cell, ...]:
    what_for, task_id = row.task_title or row.reason, str(row.task_id) if row.task_id else None
    amount, balance = dollars(row.amount_cents), dollars(row.balance_after_cents)
    return row.seq, row.day, local(row.created_at, zone), row.kind, amount, balance, what_for, task_id
