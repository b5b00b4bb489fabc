"""Assign tasks: one press deals every open task anew; the result has a page of its own to come back to."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.backend_views import Reassignment
from frontend.errors import Refused
from frontend.pages import back_to, wants_blocks
from frontend.visitor import Here

router = APIRouter()


@router.post("/reassignments")
def reassign(here: Here, idempotency_key: Annotated[str, Form()] = "") -> Response:
    try:
        result = here.backend.reassign_all(idempotency_key=idempotency_key)
    except Refused as refusal:
        if not wants_blocks(here.request):
            raise
        nothing: dict[str, Any] = {"assignment": None, "result": None, "refusal": refusal.detail}
        return here.show("tasks.html", nothing, blocks=["assignment"], status=refusal.status)
    if not wants_blocks(here.request):
        return back_to(page_of(result))
    if result["state"] == "running" or result.get("joined"):
        return Response(headers={"HX-Redirect": page_of(result)})
    context: dict[str, Any] = {"assignment": None, "result": result, "refusal": ""}
    return here.show("tasks.html", context, blocks=["assignment"], events=["tasks-changed"])


@router.get("/reassignments/{reassignment_id}")
def reassignment(here: Here, reassignment_id: str, joined: bool = False) -> Response:
    """While it is running, its page asks again every second for the block `round`."""
    return here.show("reassignment.html", {"result": here.backend.reassignment(reassignment_id), "joined": joined})


def page_of(result: Reassignment) -> str:
    """Where it can be followed; with a word for who pressed while another round was on its way."""
    return f"/reassignments/{result['id']}" + ("?joined=true" if result.get("joined") else "")
