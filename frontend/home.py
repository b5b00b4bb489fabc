"""The first page: what is mine to do, what the day brought, and for those who lead, how the company fares."""

from fastapi import APIRouter
from starlette.responses import Response

from frontend.visitor import Here

router = APIRouter()


@router.get("/")
def home(here: Here) -> Response:
    return here.show("home.html", {"home": here.backend.home()})
