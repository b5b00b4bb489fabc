"""Many fees at once, in three statements however many there are: accounts locked, fees written, balances moved."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, Uuid, func, insert, literal, select, update

from backend.accounting.books import Kind, account, entry
from backend.accounting.ledger import Page, open_pages, save
from backend.business_day import Moment
from backend.database import UtcDateTime, listed


class Fee(NamedTuple):
    """`cents` above zero; `round_id` makes each occasion unique."""

    account_id: UUID
    task_id: UUID
    title: str
    cents: int
    round_id: UUID


def charge(connection: Connection, fees: Sequence[Fee], *, by: UUID, at: Moment) -> None:
    """Written on each account in the order of the tasks' ids."""
    turn_pages(connection, lock_stale(connection, {fee.account_id for fee in fees}, at), at)
    write_fees(connection, fees, by=by, at=at)
    deduct(connection, fees)


def lock_stale(connection: Connection, account_ids: Collection[UUID], at: Moment) -> list[UUID]:
    """Locks all of the accounts in the order of their ids; returns those that are not on today's page, or not there."""
    asked = listed(connection, id=list(account_ids))
    locking = select(account.c.id, account.c.open_day).where(account.c.id.in_(select(asked.c.id)))
    locked = locking.order_by(account.c.id).with_for_update(key_share=True).cte("locked")
    on_page = connection.scalars(select(locked.c.id).where(locked.c.open_day >= at.day)).all()
    return list(set(account_ids).difference(on_page))


def turn_pages(connection: Connection, account_ids: Sequence[UUID], at: Moment) -> None:
    """Opens the accounts that are missing and ends the days before, each by the code of a single entry."""
    if not account_ids:
        return
    pages: list[Page] = list(open_pages(connection, account_ids, at).values())
    for page in pages:
        page.turn_to(at.day, at)
    save(connection, pages, at)


def write_fees(connection: Connection, fees: Sequence[Fee], *, by: UUID, at: Moment) -> None:
    due = listed(connection, **dict(zip(Fee._fields, zip(*fees, strict=True), strict=True)))
    place = func.row_number().over(partition_by=due.c.account_id, order_by=due.c.task_id)
    so_far = func.sum(due.c.cents).over(partition_by=due.c.account_id, order_by=due.c.task_id)
    rows = {
        "account_id": due.c.account_id,
        "seq": account.c.last_seq + place,
        "amount_cents": -due.c.cents,
        "balance_after_cents": account.c.balance_cents - so_far,
        "kind": literal(Kind.FEE.value),
        "task_id": due.c.task_id,
        "task_title": due.c.title,
        "round_id": due.c.round_id,
        "day": account.c.open_day,
        "created_at": literal(at.instant, UtcDateTime),
        "actor": literal(by, Uuid),
    }
    written = select(*rows.values()).join_from(due, account, account.c.id == due.c.account_id)
    connection.execute(insert(entry).from_select(list(rows), written, include_defaults=False))


def deduct(connection: Connection, fees: Sequence[Fee]) -> None:
    cents, entries = Counter[UUID](), Counter[UUID]()
    for fee in fees:
        cents[fee.account_id] += fee.cents
        entries[fee.account_id] += 1
    spent = listed(connection, account_id=list(cents), cents=list(cents.values()), entries=list(entries.values()))
    moved = {
        "balance_cents": account.c.balance_cents - spent.c.cents,
        "last_seq": account.c.last_seq + spent.c.entries,
    }
    connection.execute(update(account).where(account.c.id == spent.c.account_id).values(moved))
