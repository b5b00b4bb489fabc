"""Sign-outs on their way to the products, for admins: which arrived, which wait, which were given up, and why."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from frontend.pages import Block, address, back_to, wants_blocks
from frontend.visitor import Here, page_of, way_back_within

router = APIRouter()

STATES = {"": "All", "waiting": "Waiting", "dead": "Given up", "delivered": "Delivered"}
MORE = (Block("rows", swap="beforeend"), Block("more"))


@router.get("/logout-deliveries")
def logout_deliveries(here: Here, state: str = "", after: str = "") -> Response:
    page = here.people.logout_deliveries(state=state, after=after)
    context: dict[str, Any] = {
        "deliveries": page["items"],
        "state": state,
        "states": STATES,
        "further": address("/logout-deliveries", state=state, after=page["next"]) if page["next"] else None,
    }
    return here.show("logout_deliveries.html", context, blocks=MORE if after and wants_blocks(here.request) else ())


@router.post("/logout-deliveries/{delivery_id}/attempt")
def try_again(here: Here, delivery_id: str) -> Response:
    here.people.deliver_again(delivery_id)
    came_from = way_back_within(page_of(here.request))
    return back_to(came_from if came_from.startswith("/logout-deliveries") else "/logout-deliveries", notice="tried")
