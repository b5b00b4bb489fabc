"""Many fees at once, in a few statements however many there are: accounts locked, fees written, balances moved.

What is due comes as a table with a row for each fee: account_id, task_id, title, cents (above zero), and the round_id
that makes each occasion unique. Fees are written on each account in the order of the tasks' ids.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Insert,
    Select,
    Update,
    Uuid,
    and_,
    bindparam,
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
from backend.database import UtcDateTime

ALWAYS = true()


def charge(connection: Connection, due: FromClause, *, by: UUID, at: Moment) -> None:
    turn_pages(connection, lock_stale(connection, due, at.day), at)
    connection.execute(entering(due, account), occasion(by=by, at=at))
    connection.execute(deducting(select(due.c.account_id, (-due.c.cents).label("amount_cents")).subquery()))


def charging(due: CTE) -> Update:
    """The common case as one statement (PostgreSQL), executed with the `occasion`; built once, for the many steps.

    Where an account is missing or has a day to end first, it moves none and writes nothing: `charge` does. Whoever
    waited for an account's lock sees the row as the other left it, and so does every later part.
    """
    page = locking(select(*COLUMNS), due)
    accounts = select(func.count(due.c.account_id.distinct())).scalar_subquery()
    all_ready = and_(func.count() == accounts, func.min(page.c.open_day) >= bindparam("today", type_=Date))
    only_if = select(all_ready).select_from(page).scalar_subquery()
    entered = entering(due, page, only_if=only_if).returning(entry.c.account_id, entry.c.amount_cents)
    return deducting(entered.cte("entered"))


def occasion(*, by: UUID, at: Moment) -> dict[str, object]:
    return {"actor": by, "instant": at.instant, "today": at.day}


def locking(columns: Select[tuple[UUID, date]], due: FromClause) -> CTE:
    """In the order of their ids, so that nobody waits for another in a ring."""
    theirs = columns.where(account.c.id.in_(select(due.c.account_id))).order_by(account.c.id)
    return theirs.with_for_update(key_share=True).cte("page")


def lock_stale(connection: Connection, due: FromClause, today: date) -> Sequence[UUID]:
    """Locks all of the accounts; returns those that are not on today's page, or not there."""
    page = locking(select(account.c.id, account.c.open_day), due)
    on_page = select(page.c.id).where(page.c.open_day >= today)
    return connection.scalars(select(due.c.account_id).distinct().where(due.c.account_id.not_in(on_page))).all()


def turn_pages(connection: Connection, account_ids: Sequence[UUID], at: Moment) -> None:
    """Opens the accounts that are missing and ends the days before, each by the code of a single entry."""
    if not account_ids:
        return
    pages: list[Page] = list(open_pages(connection, account_ids, at).values())
    for page in pages:
        page.turn_to(at.day, at)
    save(connection, pages, at)


def entering(due: FromClause, page: FromClause, *, only_if: ColumnElement[bool] = ALWAYS) -> Insert:
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
        "created_at": bindparam("instant", type_=UtcDateTime),
        "actor": bindparam("actor", type_=Uuid),
    }
    fees = select(*rows.values()).join_from(due, page, page.c.id == due.c.account_id)
    return insert(entry).from_select(list(rows), fees.where(only_if), include_defaults=False)


def deducting(amounts: FromClause) -> Update:
    """`amounts` are signed, as the entries have them: account_id, amount_cents."""
    sums = (func.sum(amounts.c.amount_cents).label("cents"), func.count().label("entries"))
    spent = select(amounts.c.account_id, *sums).group_by(amounts.c.account_id).subquery("spent")
    moved = {"balance_cents": account.c.balance_cents + spent.c.cents, "last_seq": account.c.last_seq + spent.c.entries}
    return update(account).where(account.c.id == spent.c.account_id).values(moved)
