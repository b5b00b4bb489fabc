"""The trail, for admins: who did what to whom, when, and from where. Filters live in the URL; every value is one."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from frontend.administration_views import TrailEntry
from frontend.pages import Block, address, wants_blocks
from frontend.visitor import Here

router = APIRouter()

DEEDS = {
    "hired": "hired",
    "invited": "invited to hatch",
    "hatched": "hatched a beak",
    "renamed": "renamed",
    "address_changed": "mail address changed",
    "role_changed": "role changed",
    "language_changed": "language changed",
    "dismissed": "dismissed",
    "restored": "restored",
    "moulted": "moulted",
    "signed_in": "signed in",
    "signed_out": "signed out",
    "sign_in_refused": "sign-in refused",
    "turned_away": "turned away at a product",
    "consented": "let a product know them",
    "consent_withdrawn": "consent withdrawn",
    "session_ended": "session ended",
    "product_added": "product added",
    "product_edited": "product edited",
    "product_secret_made": "new secret made",
    "product_disabled": "product disabled",
    "product_enabled": "product enabled",
    "logout_delivery_retried": "sign-out sent again",
    "keys_rotated": "keys rotated",
    "key_withdrawn": "key withdrawn",
}
MORE = (Block("rows", swap="beforeend"), Block("more"))


@dataclass(frozen=True, slots=True)
class Wanted:
    what: str = ""
    by: str = ""
    whom: str = ""
    product: str = ""
    since: str = ""  # a day, in UTC
    until: str = ""  # a day, itself included

    @property
    def query(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}


def wanted(what: str = "", by: str = "", whom: str = "", product: str = "", since: str = "", until: str = "") -> Wanted:
    """What is no day (somebody edited the address) filters nothing."""
    return Wanted(what, by, whom, product, *(day if is_day(day) else "" for day in (since, until)))


def is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


TheWanted = Annotated[Wanted, Depends(wanted)]


@router.get("/trail")
def trail(here: Here, wanted: TheWanted, after: str = "") -> Response:
    page = here.people.trail(**wanted.query, after=after)
    context: dict[str, Any] = {
        "trail": page,
        "deeds": DEEDS,
        "chosen": wanted.query,
        "named": names_in(page["items"], wanted),
        "further": address("/trail", wanted.query, after=page["next"]) if page["next"] else None,
    }
    return here.show("trail.html", context, blocks=MORE if after and wants_blocks(here.request) else ())


@router.get("/trail.csv")
def trail_as_csv(here: Here, wanted: TheWanted) -> Response:
    """Passed on piece by piece as auth_service writes it, whatever its length."""
    headers = {"Content-Disposition": 'attachment; filename="trail.csv"', "Cache-Control": "no-store"}
    pieces = here.people.trail_as_csv(**wanted.query)
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def names_in(entries: list[TrailEntry], wanted: Wanted) -> dict[str, str]:
    """What the filters are called, by field; their ids where nothing was found."""
    doers = {each["by"].get("id") or each["by"].get("client_id"): each["by"] for each in entries if each["by"]}
    people = {each["whom"]["id"]: each["whom"]["name"] for each in entries if each["whom"]}
    products = {each["product"]["client_id"]: each["product"]["client_name"] for each in entries if each["product"]}
    doer = doers.get(wanted.by, {})
    return {
        "by": doer.get("name") or doer.get("client_name") or wanted.by,
        "whom": people.get(wanted.whom, wanted.whom),
        "product": products.get(wanted.product, wanted.product),
    }
