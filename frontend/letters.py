"""Letters of the house, for admins: which wait, which were sent, which could not be delivered and why."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.pages import Block, address, back_to, wants_blocks
from frontend.visitor import Here

router = APIRouter()

STATES = {"dead": "Given up", "waiting": "Waiting", "sent": "Sent"}
MORE = (Block("rows", swap="beforeend"), Block("more"))


@router.get("/letters")
def letters(here: Here, state: str = "dead", after: str = "") -> Response:
    shown = state if state in STATES else "dead"
    told = here.backend.letters(state=shown, after=after)
    context: dict[str, Any] = {
        "letters": told["items"],
        "state": shown,
        "states": STATES,
        "further": address("/letters", state=shown, after=told["next"]) if told["next"] else None,
    }
    return here.show("letters.html", context, blocks=MORE if after and wants_blocks(here.request) else ())


@router.post("/letters/{letter_id}/resending")
def resend(here: Here, letter_id: str, idempotency_key: Annotated[str, Form()] = "") -> Response:
    here.backend.resend(letter_id, idempotency_key=idempotency_key)
    return back_to("/letters", notice="resent")
