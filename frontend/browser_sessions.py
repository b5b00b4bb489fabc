"""Who is signed in where, for admins: the provider's sessions, each of which an admin may end."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from frontend.administration_views import SignedIn
from frontend.pages import Block, address, back_to, wants_blocks
from frontend.visitor import Here, page_of, way_back_within

router = APIRouter()

STATES = {"": "Signed in now", "all": "With those that have ended"}
MORE = (Block("rows", swap="beforeend"), Block("more"))


@router.get("/sessions")
def sessions(here: Here, person_id: str = "", product: str = "", state: str = "", after: str = "") -> Response:
    filled = {"person_id": person_id, "product": product, "state": state if state in STATES else ""}
    chosen = {name: value for name, value in filled.items() if value}
    page = here.people.sessions(
        person_id=person_id, product=product, open="" if state == "all" else "true", after=after
    )
    context: dict[str, Any] = {
        "signed_in": page,
        "chosen": chosen,
        "states": STATES,
        "named": names_in(page["items"], chosen),
        "further": address("/sessions", chosen, after=page["next"]) if page["next"] else None,
    }
    return here.show("sessions.html", context, blocks=MORE if after and wants_blocks(here.request) else ())


@router.post("/sessions/{session_id}/ending")
def end(here: Here, session_id: str) -> Response:
    here.people.end_session(session_id)
    if wants_blocks(here.request):
        gone = Block("gone", target=f"session-{session_id}", swap="outerHTML")
        return here.show("sessions.html", {}, blocks=[gone], say="Signed out there.")
    came_from = way_back_within(page_of(here.request))
    return back_to("/sessions" if came_from == "/" else came_from, notice="ended")


def names_in(sessions: list[SignedIn], chosen: dict[str, str]) -> dict[str, str]:
    """What the filters are called; their ids where nothing was found."""
    who = {each["person"]["id"]: each["person"]["name"] for each in sessions}
    products = {product["client_id"]: product["client_name"] for each in sessions for product in each["products"]}
    known = {"person_id": who, "product": products}
    return {name: known[name].get(value, value) for name, value in chosen.items() if name in known}
