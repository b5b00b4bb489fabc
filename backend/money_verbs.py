"""What the house's keepers do with money by hand, in words for a terminal; each yields the lines to print."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from pydantic import ValidationError
from sqlalchemy import Connection, select

from backend.accounting import payday
from backend.accounting.bookkeepers import BOOKKEEPERS
from backend.accounting.books import day
from backend.accounting.corrections import Corrected, Correction, correct
from backend.accounting.payday import Closing, days_to_close, preview
from backend.accounting.proofs import Proven
from backend.database import reading, writing
from backend.errors import InvalidInput, NotFound
from backend.house import House
from backend.identity import RoleTooSmall
from backend.people.replica import Person, find_by_email


def close(house: House, last: date | None, *, only_preview: bool) -> Iterator[str]:
    """Up to `last`, or every day that is over. Raises DayNotOver."""
    today = house.now().day
    wanted = last or today - timedelta(days=1)
    payday.refuse_future(wanted, today)
    verb, closings = (
        ("would pay", preview_days(house, wanted))
        if only_preview
        else ("paid", payday.close_days(house.engine, wanted, house.now))
    )
    for closing in closings:
        yield f"{closing.day}: {verb} {in_words(closing)}"
    if not closings:
        yield from say_nothing_to_close(house, wanted, today)


def preview_days(house: House, last: date) -> list[Closing]:
    with reading(house.engine) as connection:
        return preview(connection, days_to_close(connection, last))


def say_nothing_to_close(house: House, last: date, today: date) -> Iterator[str]:
    with reading(house.engine) as connection:
        closed_at = connection.scalar(select(day.c.closed_at).where(day.c.day == last))
        paid = payday.paid_on(connection, last)
        today_is_closed = connection.scalar(select(day.c.state).where(day.c.day == today)) == "closed"
    zone = house.calendar.zone
    if closed_at:
        at = closed_at.astimezone(zone)
        yield f"{last} was closed already, at {at:%Y-%m-%d %H:%M %Z}, and paid {in_words(paid)}."
    else:
        yield f"Nothing to close up to {last}."
    if today_is_closed:
        yield f"Today, {today}, is closed; whatever is earned now belongs to tomorrow."
        return
    yield f"Today, {today}, ends at {house.calendar.ends_at(today).astimezone(zone):%Y-%m-%d %H:%M %Z}."
    if last < today:
        yield f"To close it now: backend close-day --day {today}"


def correct_by_hand(house: House, *, whose: str, amount: str, reason: str, by: str) -> str:
    """Raises InvalidInput, NotFound, RoleTooSmall, OwnAccount."""
    correction = read_correction(amount, reason)

    def put_right(connection: Connection) -> Corrected:
        author = find(connection, by)
        if author.role not in BOOKKEEPERS or not author.active:
            raise RoleTooSmall(f"{by} may not correct an account; accountants and admins may.")
        return correct(connection, find(connection, whose).id, correction, by=author.id, at=house.now())

    corrected = writing(house.engine, put_right)
    amount_in_words = dollars(corrected.entry.amount_cents)
    return f"{corrected.entry.day}: {amount_in_words} to {whose}; the balance is {dollars(corrected.balance_cents)}."


def read_correction(amount: str, reason: str) -> Correction:
    if not re.fullmatch(r"[+-]?\d{1,9}(\.\d\d)?", amount):
        raise InvalidInput(f"{amount} is not an amount in dollars such as -12.50", field="amount")
    try:
        return Correction(amount_cents=int(Decimal(amount) * 100), reason=reason)
    except ValidationError as error:
        raise InvalidInput(" ".join(found["msg"] for found in error.errors()), field="correction") from None


def find(connection: Connection, email: str) -> Person:
    person = find_by_email(connection, email)
    if person is None:
        raise NotFound(f"Nobody here has the address {email}.")
    return person


def say_proven(proven: Proven) -> Iterator[str]:
    entries = count(len(proven.entries), "entry", "entries")
    yield f"The proof is right: {entries} of {proven.day}, {dollars(proven.paid_cents)} paid out."
    yield f"Seal of that day: {proven.seal}"
    yield "Compare it with the seal that your account or the company's books show for that day. Letters have 16 digits."


def in_words(closing: Closing) -> str:
    return f"{dollars(closing.payouts_cents)} to {count(closing.accounts, 'popug', 'popugs')}"


def count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02}"
