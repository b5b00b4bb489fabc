"""The company's books, for accountants and admins: by day, week and month, every account, entries behind a figure."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from frontend.accounting import show_csv
from frontend.errors import Refused
from frontend.pages import Block, address, wants_blocks
from frontend.visitor import Here

router = APIRouter()

SPANS = {"day": "Day", "week": "Week", "month": "Month"}
KINDS = {"": "Everything", "earned": "Earned", "fee": "Fees", "reward": "Rewards", "payout": "Payouts"} | {
    "correction": "Corrections"
}
EARNED = ["fee", "reward"]
WHOSE = {"": "Everybody", "red": "In the red"}
MORE = (Block("rows", swap="beforeend"), Block("more"))
MORE_ACCOUNTS = (Block("account_rows", swap="beforeend"), Block("more_accounts"))


@router.get("/accounting/company")
def company(here: Here, day: str = "", before: str = "") -> Response:
    told = here.backend.company(day=day, before=before)
    return here.show("company.html", {"company": told, "asked_day": day})


@router.get("/accounting/accounts")
def accounts(here: Here, show: str = "", q: str = "", day: str = "", after: str = "") -> Response:
    asked = {"show": show if show in WHOSE else "", "q": q.strip(), "day": day}
    chosen = {name: value for name, value in asked.items() if value}
    told = here.backend.accounts({**chosen, "after": after})
    context: dict[str, Any] = {
        "told": told,
        "accounts": told["items"],
        "chosen": chosen,
        "whose": WHOSE,
        "further": address("/accounting/accounts", chosen, after=told["next"]) if told["next"] else None,
    }
    blocks = MORE_ACCOUNTS if after and wants_blocks(here.request) else ()
    return here.show("company_accounts.html", context, blocks=blocks)


@router.get("/accounting/company/periods")
def periods(here: Here, by: str = "week", before: str = "") -> Response:
    told = here.backend.spans(by=by if by in SPANS else "week", before=before)
    return here.show("company_periods.html", {"told": told, "spans": SPANS})


def wanted(
    kind: str = "",
    first: Annotated[str, Query(alias="from")] = "",
    last: Annotated[str, Query(alias="to")] = "",
    account: str = "",
) -> dict[str, str]:
    asked = {"kind": kind if kind in KINDS else "", "from": first, "to": last, "account": account}
    return {name: value for name, value in asked.items() if value}


Wanted = Annotated[dict[str, str], Depends(wanted)]


@router.get("/accounting/company/entries")
def entries(here: Here, wanted: Wanted, after: str = "") -> Response:
    """The very rows behind a figure, and their sum, which is that figure."""
    filters: dict[str, Any] = {"chosen": wanted, "kinds": KINDS}
    try:
        told = here.backend.company_entries({**as_asked(wanted), "after": after})
    except Refused as refusal:
        if wants_blocks(here.request) or not refusal.is_a_sentence:
            raise
        nothing = {**filters, "told": None, "refusal": refusal.detail, "whose": "", "further": None}
        return here.show("company_entries.html", nothing, status=422)
    context: dict[str, Any] = {
        **filters,
        "told": told,
        "refusal": "",
        "whose": told["items"][0]["account"]["name"] if wanted.get("account") and told["items"] else "",
        "further": address("/accounting/company/entries", wanted, after=told["next"]) if told["next"] else None,
    }
    return here.show("company_entries.html", context, blocks=MORE if after and wants_blocks(here.request) else ())


@router.get("/accounting/company/entries.csv")
def entries_as_csv(here: Here, wanted: Wanted) -> Response:
    return show_csv(here, "/company/entries.csv", as_asked(wanted))


@router.get("/accounting/company/days.csv")
def days_as_csv(here: Here, wanted: Wanted) -> Response:
    return show_csv(here, "/company/days.csv", wanted)


def as_asked(wanted: dict[str, str]) -> dict[str, Any]:
    """In the backend's words: what management earned is two kinds of entries."""
    return {**wanted, "kind": EARNED} if wanted.get("kind") == "earned" else dict(wanted)
