"""Anyone's account, for accountants and admins: its audit log, and a correction where something went wrong (A3)."""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.accounting import MORE_ENTRIES, From, To, show_csv
from frontend.errors import Refused, Unreachable
from frontend.pages import back_to, wants_blocks
from frontend.visitor import Here, Visitor

router = APIRouter()

AN_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
NO_AMOUNT = "Write an amount in dollars above zero, such as 12 or 12.50."
DIRECTIONS = ("give", "take")
NO_DIRECTION = "Choose whether to pay to them or to take back from them."
SENT_BEFORE = "This form was sent already. Look at the log below before you send another."
DOWN = "The accounting service does not answer. Press again in a moment: it will be written once."


@dataclass(frozen=True, slots=True)
class Draft:
    """A correction as it was typed, and what was wrong with it."""

    amount: str = ""
    direction: str = "give"
    reason: str = ""
    whose: str = ""  # name; travels with the form, to be told while nobody can be asked
    key: str = ""  # kept where nobody knows whether it was written: pressing again does it once
    refusal: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def cents(self) -> int | None:
        """Signed, as the popug sees it; None when it is no amount of whole cents."""
        cents = cents_in(self.amount)
        return None if cents is None else -cents if self.direction == "take" else cents

    def refused(self, sentence: str, **errors: str) -> "Draft":
        return replace(self, refusal=sentence, errors=errors)


def cents_in(typed: str) -> int | None:
    """`$1,200.50` and `12,50` are read as people mean them."""
    text = typed.strip().removeprefix("$").replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if "," in text and "." not in text and len(text.rpartition(",")[2]) <= 2:
        text = text.replace(",", ".")
    plain = text.replace(",", "")
    return int(Decimal(plain) * 100) or None if AN_AMOUNT.fullmatch(plain) else None


@router.get("/accounting/accounts/{person_id}")
def account(here: Here, person_id: str, day: str = "", after: str = "") -> Response:
    """The backend keeps a record that it was read."""
    return show_account(here, person_id, Draft(), day=day, after=after)


@router.get("/accounting/accounts/{person_id}/statement.csv")
def statement_as_csv(here: Here, person_id: str, first: From = "", last: To = "") -> Response:
    return show_csv(here, f"/accounts/{quote(person_id, safe='')}/statement.csv", {"from": first, "to": last})


@router.post("/accounting/accounts/{person_id}/corrections")
def correct(
    here: Here,
    person_id: str,
    amount: Annotated[str, Form()] = "",
    direction: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    whose: Annotated[str, Form()] = "",
    idempotency_key: Annotated[str, Form()] = "",
) -> Response:
    draft = Draft(amount, direction, reason, whose)
    if direction not in DIRECTIONS:
        return show_account(here, person_id, draft.refused(NO_DIRECTION, direction=NO_DIRECTION), status=422)
    if draft.cents is None:
        return show_account(here, person_id, draft.refused(NO_AMOUNT, amount_cents=NO_AMOUNT), status=422)
    try:
        here.backend.correct(person_id, amount_cents=draft.cents, reason=reason, idempotency_key=idempotency_key)
    except Refused as refusal:
        if refusal.status not in (409, 422):
            raise
        return show_account(here, person_id, draft.refused(words_of(refusal), **refusal.errors), status=refusal.status)
    except Unreachable:
        waiting = replace(draft.refused(DOWN), key=idempotency_key)
        return here.show("correction.html", {"draft": waiting, "person_id": person_id}, status=503)
    return back_to(f"/accounting/accounts/{person_id}", notice="corrected")


@router.get("/accounting/accounts/{person_id}/corrections")
def corrections(person_id: str) -> Response:
    """Where a form that was refused is shown, to whoever comes back to that address: the account."""
    return back_to(f"/accounting/accounts/{quote(person_id, safe='')}")


def words_of(refusal: Refused) -> str:
    """The detail names fields and headers, which are for programs."""
    if refusal.kind == "/problems/idempotency-key-reused":
        return SENT_BEFORE
    return " ".join(refusal.errors.values()) or refusal.detail


def show_account(
    here: Visitor, person_id: str, draft: Draft, *, day: str = "", after: str = "", status: int = 200
) -> Response:
    statement = here.backend.statement_of(person_id, day=day, after=after)
    context = {
        "statement": statement,
        "path_here": f"/accounting/accounts/{statement['person']['id']}",
        "asked_day": day,
        "draft": replace(draft, whose=statement["person"]["name"]),
        "person_id": person_id,
        "is_own": statement["person"]["id"] == here.person.id,
    }
    if after and wants_blocks(here.request):
        return here.show("statement.html", context, blocks=MORE_ENTRIES)
    return here.show("account.html", context, status=status)
