"""Writing to the books: lock the accounts, turn them to today's page, write the entries, move the balances.

Every movement of money in the company goes through `record` or `end_days`; nothing else writes an entry.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.accounting.books import Kind, account, day, entry, payout
from backend.business_day import Moment
from backend.post.outbox import Letter, post

HOUSE = UUID(int=0)  # the actor of what nobody ordered: the end of the day
BATCH = 5_000  # bound parameters are limited on both engines


@dataclass(frozen=True)
class About:
    """What the money was for, in the words of that moment; `round_id` makes each occasion unique."""

    task_id: UUID
    title: str
    round_id: UUID


@dataclass(frozen=True)
class Movement:
    account_id: UUID
    kind: Kind
    amount_cents: int
    about: About | None = None
    reason: str | None = None  # of a correction


@dataclass
class Page:
    """An account locked for writing, and what is about to be written."""

    account_id: UUID
    balance_cents: int
    last_seq: int
    open_day: date
    entries: list[dict[str, Any]] = field(default_factory=list)
    payouts: list[dict[str, Any]] = field(default_factory=list)

    def write(self, movement: Movement, *, by: UUID, at: Moment) -> None:
        self.turn_to(at.day, at)
        self.append(movement, by=by, at=at)

    def turn_to(self, new_day: date, at: Moment) -> None:
        """Ends the days before, so that pay never waits for the closer, and no entry slips into the wrong day."""
        while self.open_day < new_day:
            self.end_day(at)
            if self.balance_cents <= 0:
                self.open_day = new_day

    def end_day(self, at: Moment) -> None:
        """A positive balance is paid out and brought to zero; a debt carries over (A7)."""
        if self.balance_cents > 0:
            amount_cents = self.balance_cents
            self.append(Movement(self.account_id, Kind.PAYOUT, -amount_cents), by=HOUSE, at=at)
            self.payouts.append(
                {
                    "account_id": self.account_id,
                    "day": self.open_day,
                    "amount_cents": amount_cents,
                    "entry_seq": self.last_seq,
                }
            )
        self.open_day += timedelta(days=1)

    def append(self, movement: Movement, *, by: UUID, at: Moment) -> None:
        about = movement.about
        self.last_seq += 1
        self.balance_cents += movement.amount_cents
        self.entries.append(
            {
                "account_id": self.account_id,
                "seq": self.last_seq,
                "amount_cents": movement.amount_cents,
                "balance_after_cents": self.balance_cents,
                "kind": movement.kind.value,
                "task_id": about.task_id if about else None,
                "task_title": about.title if about else None,
                "round_id": about.round_id if about else None,
                "day": self.open_day,
                "created_at": at.instant,
                "actor": by,
                "reason": movement.reason,
            }
        )

    def moved(self) -> dict[str, Any]:
        """Where the account stands now, as MOVE is told."""
        return {
            "account_id": self.account_id,
            "balance": self.balance_cents,
            "seq": self.last_seq,
            "day": self.open_day,
        }


def record(connection: Connection, movements: Sequence[Movement], *, by: UUID, at: Moment) -> dict[UUID, Page]:
    """Writes the movements and returns the pages they were written on, which know the new balances and the day.

    An entry lands on the business day of `at`, or on the account's first open day when that one is closed already.
    """
    pages = open_pages(connection, {movement.account_id for movement in movements}, at)
    for movement in movements:
        pages[movement.account_id].write(movement, by=by, at=at)
    save(connection, pages.values(), at)
    return pages


def end_days(connection: Connection, pages: Iterable[Page], last: date, at: Moment) -> None:
    """Ends every day up to and including `last` for these locked accounts."""
    pages = list(pages)
    for page in pages:
        page.turn_to(last + timedelta(days=1), at)
    save(connection, pages, at)


def open_pages(connection: Connection, account_ids: Iterable[UUID], at: Moment) -> dict[UUID, Page]:
    """Locks the accounts in the order of their ids; opens those that do not exist yet."""
    wanted = sorted(account_ids)
    pages = lock(connection, wanted)
    if missing := [each for each in wanted if each not in pages]:
        open_accounts(connection, missing, at)
        pages |= lock(connection, missing)
    return pages


COLUMNS = (account.c.id, account.c.balance_cents, account.c.last_seq, account.c.open_day)
LOCK = (
    select(*COLUMNS)
    .where(account.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(account.c.id)
    .with_for_update(key_share=True)
)


def lock(connection: Connection, account_ids: Sequence[UUID]) -> dict[UUID, Page]:
    pages = {}
    for batch in batches(account_ids):
        for row in connection.execute(LOCK, {"ids": batch}):
            pages[row.id] = Page(*row)
    return pages


def open_accounts(connection: Connection, account_ids: Sequence[UUID], at: Moment) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    opening = {"balance_cents": 0, "last_seq": 0, "open_day": first_open_day(connection, at.day)}
    connection.execute(
        dialect.insert(account).on_conflict_do_nothing(), [{"id": each, **opening} for each in account_ids]
    )


def first_open_day(connection: Connection, wanted: date) -> date:
    """Today, or the next day when today was closed early. Its row is held against closing until we commit."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    wanted = max(wanted, first_after_closed(connection) or wanted)  # a clock may have been set back
    while True:
        connection.execute(dialect.insert(day).values(day=wanted, state="open").on_conflict_do_nothing())
        state = connection.scalar(select(day.c.state).where(day.c.day == wanted).with_for_update(read=True))
        if state == "open":
            return wanted
        wanted += timedelta(days=1)


def first_after_closed(connection: Connection) -> date | None:
    """None before any day was closed."""
    latest: date | None = connection.scalar(select(func.max(day.c.day)).where(day.c.state == "closed"))
    return latest + timedelta(days=1) if latest else None


ENTER = insert(entry)
PAY_OUT = insert(payout)
MOVE = (
    update(account)
    .where(account.c.id == bindparam("account_id"))
    .values(balance_cents=bindparam("balance"), last_seq=bindparam("seq"), open_day=bindparam("day"))
)


def save(connection: Connection, pages: Iterable[Page], at: Moment) -> None:
    """Entries first: a trigger refuses any balance that no entry backs."""
    pages = list(pages)
    if entries := [row for page in pages for row in page.entries]:
        connection.execute(ENTER, entries)
    if payouts := [row for page in pages for row in page.payouts]:
        connection.execute(PAY_OUT, payouts)
        post(connection, [payout_letter(row) for row in payouts], at)
    if pages:
        connection.execute(MOVE, [page.moved() for page in pages])


def payout_letter(row: dict[str, Any]) -> Letter:
    """The amount is frozen here; the address is looked up when the letter leaves, which is after the day's seal."""
    person, on_day = str(row["account_id"]), row["day"].isoformat()
    payload = {"person_id": person, "day": on_day, "amount_cents": row["amount_cents"]}
    return Letter("payout", dedup=f"payout:{person}:{on_day}", payload=payload, awaits_day=row["day"])


def batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
