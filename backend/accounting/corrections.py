"""Corrections: a mistake is answered by an entry with a reason and a name, on the open day; nothing is ever rewritten.

A correction is undone by another one with the opposite sign (docs/decisions/corrections.md).
"""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, JsonValue, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from backend.accounting.books import Kind
from backend.accounting.entries import Entry, newest_entries
from backend.accounting.ledger import Movement, record
from backend.accounting.statement import NoSuchAccount
from backend.business_day import Moment
from backend.errors import Forbidden
from backend.people.replica import find_person

LARGEST_CENTS = 1_000_000_00  # a typing mistake, surely
SHORTEST_REASON = 3
LONGEST_REASON = 500


class OwnAccount(Forbidden):
    title = "Somebody else must do that"

    def __init__(self) -> None:
        super().__init__("Nobody corrects their own account. Please ask another accountant or an admin.")


def right_amount(cents: int) -> int:
    if cents == 0:
        raise PydanticCustomError("nothing", "An amount of $0 would correct nothing.")
    if abs(cents) > LARGEST_CENTS:
        raise PydanticCustomError("too_much", f"At most ${LARGEST_CENTS // 100:,} can be corrected at once.")
    return cents


def right_reason(text: str) -> str:
    if len(text) < SHORTEST_REASON:
        raise PydanticCustomError("too_short", "Write a reason of three letters or more.")
    if len(text) > LONGEST_REASON:
        raise PydanticCustomError("too_long", f"A reason has at most {LONGEST_REASON} characters.")
    if not text.isprintable():
        raise PydanticCustomError("not_printable", "A reason is one line of printable text.")
    return text


LIMITS: dict[str, JsonValue] = {"minimum": -LARGEST_CENTS, "maximum": LARGEST_CENTS}
LENGTHS: dict[str, JsonValue] = {"minLength": SHORTEST_REASON, "maxLength": LONGEST_REASON}
Cents = Annotated[int, Field(strict=True, json_schema_extra=LIMITS), AfterValidator(right_amount)]
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    Field(json_schema_extra=LENGTHS),
    AfterValidator(right_reason),
]


class Correction(BaseModel):
    """Positive: the popug gets it. Negative: it is taken back. The reason is shown to them."""

    amount_cents: Cents
    reason: Reason


class Corrected(BaseModel):
    entry: Entry
    balance_cents: int


def correct(connection: Connection, person_id: UUID, correction: Correction, *, by: UUID, at: Moment) -> Corrected:
    """On the account's open day, whatever day the mistake was made. Raises OwnAccount, NoSuchAccount."""
    if person_id == by:
        raise OwnAccount
    if find_person(connection, person_id) is None:
        raise NoSuchAccount
    movement = Movement(person_id, Kind.CORRECTION, correction.amount_cents, reason=correction.reason)
    page = record(connection, [movement], by=by, at=at)[person_id]
    [written] = newest_entries(connection, person_id, limit=1)
    return Corrected(entry=written, balance_cents=page.balance_cents)
