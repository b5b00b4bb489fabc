"""My account and its audit log; for accountants and admins anyone's account, and the company above their own."""

import json
from typing import Annotated

from fastapi import APIRouter
from fastapi.params import Query as InAddress
from starlette.responses import Response, StreamingResponse

from frontend.neighbour import Query
from frontend.pages import Block, wants_blocks
from frontend.visitor import Here, Visitor

router = APIRouter()

From = Annotated[str, InAddress(alias="from")]
To = Annotated[str, InAddress(alias="to")]
MORE_ENTRIES = (Block("entries", swap="beforeend"), Block("more"))


@router.get("/accounting")
def accounting(here: Here, day: str = "", after: str = "") -> Response:
    told = here.backend.accounting(day=day, after=after)
    context = {
        "issuer": here.house.settings.issuer,
        "company": told["company"],
        "statement": told["account"],
        "path_here": "/accounting",
        "asked_day": day,
        "mark": None,  # the page shows no tasks, but tells of new ones
    }
    if after and wants_blocks(here.request):
        return here.show("statement.html", context, blocks=MORE_ENTRIES)
    return here.show("accounting.html", context)


@router.get("/accounting/statement.csv")
def own_statement_as_csv(here: Here, first: From = "", last: To = "") -> Response:
    return show_csv(here, "/accounts/me/statement.csv", {"from": first, "to": last})


@router.get("/accounting/proof.json")
def proof(here: Here, day: str = "") -> Response:
    """That one's entries of a closed day are under its seal, to be kept; checked by `backend verify --proof`."""
    told = here.backend.proof(day)
    headers = {"Content-Disposition": 'attachment; filename="proof.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(told, indent=2), media_type="application/json", headers=headers)


def show_csv(here: Visitor, path: str, query: Query) -> Response:
    """Passed on piece by piece as the backend writes it, whatever its length, under the backend's name for it."""
    download = here.backend.csv(path, query)
    headers = {"Content-Disposition": download.disposition, "Cache-Control": "no-store"}
    return StreamingResponse(download.pieces, media_type="text/csv; charset=utf-8", headers=headers)
