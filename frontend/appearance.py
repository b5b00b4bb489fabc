"""Light or dark, as the person likes it in this browser; without a choice, as their system is."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from frontend.house import house_of
from frontend.pages import THEMES, back_to
from frontend.visitor import way_back_within

router = APIRouter()

A_YEAR_SECONDS = 365 * 24 * 3600


@router.post("/appearance")
def choose(request: Request, theme: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/") -> Response:
    answer = back_to(way_back_within(next))
    is_https = house_of(request).settings.is_https
    if theme in THEMES:
        answer.set_cookie(
            "theme", theme, max_age=A_YEAR_SECONDS, path="/", secure=is_https, samesite="lax", httponly=True
        )
    else:
        answer.delete_cookie("theme", path="/")
    return answer
