"""A reward as part of one statement (PostgreSQL): the account is locked, the entry written, the balance moved."""

from sqlalchemy import CTE, Date, Uuid, bindparam, insert, literal, select, update

from backend.accounting.books import Kind, account, entry
from backend.database import UtcDateTime


def rewarding(due: CTE) -> tuple[CTE, CTE]:
    """`due` has one row at most: account_id, task_id, title, cents. Returns the entry and the change of the account.

    Executed with `actor`, `today` and `instant`; built once, since building costs more than running. The entry tells
    task_id, balance_after_cents and day. Nothing happens to an account that is missing or still on the page of an
    earlier day: then the caller takes the long way.
    """
    columns = (account.c.id, account.c.balance_cents, account.c.last_seq, account.c.open_day)
    on_page = select(*columns).join_from(due, account, account.c.id == due.c.account_id)
    open_today = account.c.open_day >= bindparam("today", type_=Date)
    page = on_page.where(open_today).with_for_update(key_share=True, of=account).cte("page")
    row = {
        "account_id": page.c.id,
        "seq": page.c.last_seq + 1,
        "amount_cents": due.c.cents,
        "balance_after_cents": page.c.balance_cents + due.c.cents,
        "kind": literal(Kind.REWARD.value),
        "task_id": due.c.task_id,
        "task_title": due.c.title,
        "round_id": due.c.task_id,
        "day": page.c.open_day,
        "created_at": bindparam("instant", type_=UtcDateTime),
        "actor": bindparam("actor", type_=Uuid),
    }
    rows = select(*row.values()).join_from(page, due, page.c.id == due.c.account_id)
    told = (entry.c.account_id, entry.c.seq, entry.c.task_id, entry.c.balance_after_cents, entry.c.day)
    entered = insert(entry).from_select(list(row), rows, include_defaults=False).returning(*told).cte("entered")
    new_balance = {"balance_cents": entered.c.balance_after_cents, "last_seq": entered.c.seq}
    moved = update(account).where(account.c.id == entered.c.account_id).values(new_balance)
    return entered, moved.returning(account.c.id).cte("moved")
