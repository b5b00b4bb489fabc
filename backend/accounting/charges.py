"""Many fees at once, in a few statements however many there are: accounts locked, fees written, balances moved."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Select,
    Uuid,
    and_,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from backend.accounting.books import Kind, account, entry
from backend.accounting.ledger import COLUMNS, Page, open_pages, save
from backend.business_day import Moment
from backend.database import UtcDateTime, listed

ALWAYS = true()


class Fee(NamedTuple):
    """`cents` above zero; `round_id` makes each occasion unique."""

    account_id: UUID
    task_id: UUID
    title: str
    cents: int
    round_id: UUID


def charge(connection: Connection, fees: Sequence[Fee], *, by: UUID, at: Moment) -> None:
    """Written on each account in the order of the tasks' ids."""
    if connection.dialect.name == "postgresql" and charge_in_one(connection, fees, by=by, at=at):
        return
    turn_pages(connection, lock_stale(connection, {fee.account_id for fee in fees}, at), at)
    connection.execute(entering(due(connection, fees), account, by=by, at=at))
    deduct(connection, fees)


def charge_in_one(connection: Connection, fees: Sequence[Fee], *, by: UUID, at: Moment) -> bool:
    """The common case in one statement; False, and nothing done, where an account is missing or has a day to end first.

    Whoever waited for an account's lock sees the row as the other left it, and so does every later part.
    """
    accounts = len({fee.account_id for fee in fees})
    these = select(due(connection, fees)).cte("due")
    page = locking(select(*COLUMNS), these)
    all_ready = and_(func.count() == accounts, func.min(page.c.open_day) >= at.day)
    told = (entry.c.account_id, entry.c.amount_cents)
    written = entering(these, page, by=by, at=at, only_if=select(all_ready).select_from(page).scalar_subquery())
    entered = written.returning(*told).cte("entered")
    sums = (func.sum(entered.c.amount_cents).label("cents"), func.count().label("entries"))
    spent = select(entered.c.account_id, *sums).group_by(entered.c.account_id).subquery("spent")
    moved = {"balance_cents": account.c.balance_cents + spent.c.cents, "last_seq": account.c.last_seq + spent.c.entries}
    return connection.execute(update(account).where(account.c.id == spent.c.account_id).values(moved)).rowcount > 0


def due(connection: Connection, fees: Sequence[Fee]) -> FromClause:
    return listed(connection, **dict(zip(Fee._fields, zip(*fees, strict=True), strict=True)))


def locking(columns: Select[Any], these: FromClause) -> CTE:
    """In the order of their ids, so that nobody waits for another in a ring."""
    theirs = columns.where(account.c.id.in_(select(these.c.account_id))).order_by(account.c.id)
    return theirs.with_for_update(key_share=True).cte("page")


def lock_stale(connection: Connection, account_ids: Collection[UUID], at: Moment) -> list[UUID]:
    """Locks all of the accounts; returns those that are not on today's page, or not there."""
    page = locking(select(account.c.id, account.c.open_day), listed(connection, account_id=list(account_ids)))
    on_page = connection.scalars(select(page.c.id).where(page.c.open_day >= at.day)).all()
    return list(set(account_ids).difference(on_page))


def turn_pages(connection: Connection, account_ids: Sequence[UUID], at: Moment) -> None:
    """Opens the accounts that are missing and ends the days before, each by the code of a single entry."""
    if not account_ids:
        return
    pages: list[Page] = list(open_pages(connection, account_ids, at).values())
    for page in pages:
        page.turn_to(at.day, at)
    save(connection, pages, at)


def entering(
    due: FromClause, page: FromClause, *, by: UUID, at: Moment, only_if: ColumnElement[bool] = ALWAYS
) -> Insert:
    """The entries, numbered and with their balances, each account's going on from where its page stands."""
    place = func.row_number().over(partition_by=due.c.account_id, order_by=due.c.task_id)
    so_far = func.sum(due.c.cents).over(partition_by=due.c.account_id, order_by=due.c.task_id)
    rows = {
        "account_id": due.c.account_id,
        "seq": page.c.last_seq + place,
        "amount_cents": -due.c.cents,
        "balance_after_cents": page.c.balance_cents - so_far,
        "kind": literal(Kind.FEE.value),
        "task_id": due.c.task_id,
        "task_title": due.c.title,
        "round_id": due.c.round_id,
        "day": page.c.open_day,
        "created_at": literal(at.instant, UtcDateTime),
        "actor": literal(by, Uuid),
    }
    fees = select(*rows.values()).join_from(due, page, page.c.id == due.c.account_id)
    return insert(entry).from_select(list(rows), fees.where(only_if), include_defaults=False)


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
