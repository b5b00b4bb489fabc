"""What one wants to be told by mail."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from frontend.pages import back_to
from frontend.visitor import Here

router = APIRouter()


@router.get("/preferences")
def preferences(here: Here) -> Response:
    return here.show("preferences.html", {"preferences": here.backend.preferences()})


@router.post("/preferences")
def change(here: Here, digest: Annotated[str, Form()] = "") -> Response:
    here.backend.prefer(digest=bool(digest))
    return back_to("/preferences", notice="changed")
