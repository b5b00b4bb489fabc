"""A small application that shows one page, and takes what its forms send."""

from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from auth_service.pages import show
from auth_service.settings import REPOSITORY
from auth_service.sign_in import shaping

HIDDEN = {"client_id": "nests", "state": 'a"b<c>&d'}
SIGN_IN: dict[str, Any] = {
    "product_name": "Nest Planner",
    "action": "/authorize",
    "hidden": HIDDEN,
    "error": None,
    "demo_people": [],
    "genes": list(shaping.STARTING_GENES),
    "shaping": False,
}
ANN = SimpleNamespace(name="Ann Ara", role="worker", picture="/people/1/portrait.svg", beak_shape="BEAK-ANN")
BOSS = SimpleNamespace(name="Bo & Co", role="admin", picture="/people/2/portrait.svg", beak_shape="BEAK-BOSS")


def showing(template: str, context: dict[str, Any], **options: Any) -> TestClient:
    app = FastAPI()
    app.state.house = SimpleNamespace(settings=SimpleNamespace(templates=REPOSITORY / "templates"))
    app.include_router(shaping.router)

    @app.get("/")
    def page(request: Request) -> Response:
        return show(request, template, context, **options)

    return TestClient(app)


def html_of(template: str, context: dict[str, Any]) -> str:
    return showing(template, context).get("/").text
