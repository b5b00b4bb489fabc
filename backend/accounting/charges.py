"""Many fees at once, in four statements however many there are: locked, turned to today's page, written, deducted."""

from datetime import date
from uuid import UUID

from sqlalchemy import Connection, FromClause, Uuid, func, insert, literal, select, update

from backend.accounting.books import Kind, account, entry
from backend.accounting.ledger import Page, open_pages, save
from backend.business_day import Moment
from backend.database import UtcDateTime


def charge(connection: Connection, due: FromClause, *, by: UUID, at: Moment) -> None:
    """`due` has account_id, task_id, title, cents, round_id: a fee each, written in the order of the tasks' ids.

    Read anew by every statement, so the caller must have locked whatever it is read from.
    """
    receivers = select(due.c.account_id).distinct()
    turn_pages(connection, lock_stale(connection, receivers.subquery(), at.day), at)
    write_fees(connection, due, by=by, at=at)
    deduct(connection, due)


def lock_stale(connection: Connection, receivers: FromClause, today: date) -> list[UUID]:
    """Locks all of the accounts in the order of their ids; returns those that are not on today's page, or not there."""
    locking = select(account.c.id, account.c.open_day).where(account.c.id.in_(select(receivers.c.account_id)))
    locked = locking.order_by(account.c.id).with_for_update(key_share=True).cte("locked")
    late = select(receivers.c.account_id).join_from(
        receivers, locked, locked.c.id == receivers.c.account_id, isouter=True
    )
    return list(connection.scalars(late.where(locked.c.id.is_(None) | (locked.c.open_day < today))))


def turn_pages(connection: Connection, account_ids: list[UUID], at: Moment) -> None:
    """Opens the accounts that are missing and ends the days before, each by the code of a single entry."""
    if not account_ids:
        return
    pages: list[Page] = list(open_pages(connection, account_ids, at).values())
    for page in pages:
        page.turn_to(at.day, at)
    save(connection, pages, at)


def write_fees(connection: Connection, due: FromClause, *, by: UUID, at: Moment) -> None:
    account_id, task_id = due.c.account_id, due.c.task_id
    place = func.row_number().over(partition_by=account_id, order_by=task_id)
    so_far = func.sum(due.c.cents).over(partition_by=account_id, order_by=task_id)
    rows = {
        "account_id": account_id,
        "seq": account.c.last_seq + place,
        "amount_cents": -due.c.cents,
        "balance_after_cents": account.c.balance_cents - so_far,
        "kind": literal(Kind.FEE.value),
        "task_id": task_id,
        "task_title": due.c.title,
        "round_id": due.c.round_id,
        "day": account.c.open_day,
        "created_at": literal(at.instant, UtcDateTime),
        "actor": literal(by, Uuid),
    }
    fees = select(*rows.values()).join_from(due, account, account.c.id == account_id)
    connection.execute(insert(entry).from_select(list(rows), fees, include_defaults=False))


def deduct(connection: Connection, due: FromClause) -> None:
    each = (due.c.account_id, func.sum(due.c.cents).label("cents"), func.count().label("entries"))
    spent = select(*each).group_by(due.c.account_id).subquery("spent")
    connection.execute(
        update(account)
        .where(account.c.id == spent.c.account_id)
        .values(
            balance_cents=account.c.balance_cents - spent.c.cents,
            last_seq=account.c.last_seq + spent.c.entries,
        )
    )
