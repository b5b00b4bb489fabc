"""The first page: what is mine to do, what the day brought, and for those who lead, how the company fares."""

from fastapi import APIRouter
from starlette.responses import Response

from frontend.errors import Unreachable
from frontend.pages import asks_by_itself
from frontend.visitor import Here

router = APIRouter()


@router.get("/")
def home(here: Here) -> Response:
    try:
        told = here.backend.home()
    except Unreachable:
        if asks_by_itself(here.request):
            return Response(status_code=503)  # what is shown stays
        raise
    blocks = ["figures", "halves"] if asks_by_itself(here.request) else []
    return here.show("home.html", {"home": told, "mark": told["mark"]}, blocks=blocks)
