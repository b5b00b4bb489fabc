"""The end of the day (A6, A7): account by account, in chunks, by any number of processes, each day exactly once."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.accounting.books import account, day, payout
from backend.accounting.day_totals import NOTHING, Totals, entry_totals
from backend.accounting.ledger import Page, end_days, first_after_closed
from backend.accounting.seals import Seal, draw_seal, keep_blocks
from backend.business_day import Moment
from backend.database import let_others_write, reading, writing
from backend.errors import Refused
from backend.post.outbox import release

CHUNK = 500


class DayNotOver(Refused):
    title = "That day lies ahead"


@dataclass(frozen=True)
class Closing:
    """What closing a day does: how many accounts are paid, and how much in all."""

    day: date
    accounts: int
    payouts_cents: int


def days_to_close(connection: Connection, last: date) -> list[date]:
    """Every day up to `last` that had an account open and is not closed yet, oldest first."""
    first = first_unclosed(connection)
    if first is None or first > last:
        return []
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def first_unclosed(connection: Connection) -> date | None:
    """None before anybody has an account."""
    if following := first_after_closed(connection):
        return following
    earliest: date | None = connection.scalar(select(func.min(day.c.day)))  # opened with the first account
    return earliest


def close_days(engine: Engine, last: date, now: Callable[[], Moment]) -> list[Closing]:
    """Closes what is not closed up to `last`, oldest day first, each chunk in a transaction of its own."""
    refuse_future(last, now().day)
    with reading(engine) as connection:
        wanted = days_to_close(connection, last)
    return [close_day_in_chunks(engine, each, now) for each in wanted]


def refuse_future(wanted: date, today: date) -> None:
    if wanted > today:
        raise DayNotOver(f"{wanted} has not begun; today is {today}. Nothing was closed.")


def close_day_in_chunks(engine: Engine, closing: date, now: Callable[[], Moment]) -> Closing:
    """Killed at any point, it is taken up where it stood."""
    writing(engine, lambda connection: begin_closing(connection, closing))
    while True:
        while writing(engine, lambda connection: pay_chunk(connection, closing, now())) == CHUNK:
            let_others_write(engine)
        if closed := add_up_and_finish(engine, closing, now):
            return closed


def add_up_and_finish(engine: Engine, closing: date, now: Callable[[], Moment]) -> Closing | None:
    """Nobody waits while the entries are read: none can be added once every account is past the day."""
    with reading(engine) as connection:
        contents = None if is_open(connection, closing) else Contents.of(connection, closing)
    return writing(engine, lambda connection: finish_closing(connection, closing, now(), contents))


def close_day(connection: Connection, closing: date, at: Moment) -> Closing:
    """The same inside one transaction of the caller's."""
    begin_closing(connection, closing)
    while not (closed := finish_closing(connection, closing, at)):
        pay_chunk(connection, closing, at)
    return closed


def begin_closing(connection: Connection, closing: date) -> None:
    """Waits for whoever opens an account on this day just now; from here on new accounts open on the next."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(day).values(day=closing, state="open").on_conflict_do_nothing())
    connection.execute(update(day).where(day.c.day == closing, day.c.state == "open").values(state="closing"))


def pay_chunk(connection: Connection, closing: date, at: Moment) -> int:
    """Ends the day for the next accounts, and says for how many; fewer than a chunk when others are at the rest."""
    pages = lock_open(connection, closing, skip_locked=True) or lock_open(connection, closing, skip_locked=False)
    end_days(connection, pages, closing, at)
    return len(pages)


def lock_open(connection: Connection, closing: date, *, skip_locked: bool) -> list[Page]:
    """Those nobody else is at; or, when only such are left, those that others hold, once they let go."""
    columns = (account.c.id, account.c.balance_cents, account.c.last_seq, account.c.open_day)
    query = select(*columns).where(account.c.open_day <= closing).order_by(account.c.id).limit(CHUNK)
    return [Page(*row) for row in connection.execute(query.with_for_update(key_share=True, skip_locked=skip_locked))]


@dataclass(frozen=True)
class Contents:
    """What a day is closed with, derived from its entries."""

    totals: Totals
    seal: Seal

    @classmethod
    def of(cls, connection: Connection, closing: date) -> "Contents":
        totals = entry_totals(connection, closing, closing).get(closing, NOTHING)
        return cls(totals, draw_seal(connection, closing))


def finish_closing(
    connection: Connection, closing: date, at: Moment, contents: Contents | None = None
) -> Closing | None:
    """Marks the day closed with its totals and its seal, and lets its letters go; None while an account is open.

    `contents`: added up before, when no account was open any more.
    """
    state = connection.scalar(select(day.c.state).where(day.c.day == closing).with_for_update())
    if is_open(connection, closing):
        return None
    if state != "closed":
        mark_closed(connection, closing, contents or Contents.of(connection, closing), at)
    return paid_on(connection, closing)


def is_open(connection: Connection, closing: date) -> bool:
    return connection.scalar(select(account.c.id).where(account.c.open_day <= closing).limit(1)) is not None


def mark_closed(connection: Connection, closing: date, contents: Contents, at: Moment) -> None:
    keep_blocks(connection, contents.seal)
    values = {**asdict(contents.totals), "state": "closed", "closed_at": at.instant, "seal": contents.seal.value}
    connection.execute(update(day).where(day.c.day == closing).values(values))
    release(connection, closing, at)


def paid_on(connection: Connection, closing: date) -> Closing:
    columns = (func.count(), func.coalesce(func.sum(payout.c.amount_cents), 0))
    accounts, payouts_cents = connection.execute(select(*columns).where(payout.c.day == closing)).one()
    return Closing(closing, accounts, int(payouts_cents))


def preview(connection: Connection, days: Sequence[date]) -> list[Closing]:
    """What closing these days, oldest first, would pay now, and has paid for them already.

    Whoever has worked on a later day was paid for those before; the rest is paid with the first day their account sees.
    """
    before = [date.min, *days[:-1]]
    return [foresee(connection, after, closing) for after, closing in zip(before, days, strict=True)]


def foresee(connection: Connection, after: date, closing: date) -> Closing:
    columns = (func.count(), func.coalesce(func.sum(account.c.balance_cents), 0))
    due = select(*columns).where(account.c.open_day > after, account.c.open_day <= closing, account.c.balance_cents > 0)
    accounts, cents = connection.execute(due).one()
    paid = paid_on(connection, closing)
    return Closing(closing, paid.accounts + accounts, paid.payouts_cents + int(cents))
