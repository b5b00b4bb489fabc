"""Whether the service lives, is ready, and how it fares; the figures are for this machine only."""

import ipaddress
import time

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontend.database import is_ready
from frontend.house import house_of

router = APIRouter()


@router.get("/livez")
async def livez() -> Response:
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
def readyz(request: Request) -> Response:
    ready = is_ready(house_of(request).engine)
    body = {"status": "ok" if ready else "the database is not migrated or does not answer"}
    return JSONResponse(body, status_code=200 if ready else 503, headers={"Cache-Control": "no-store"})


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    if not is_loopback(request.client.host if request.client else ""):
        return Response(status_code=404)
    registry: CollectorRegistry = request.app.state.figures.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Figures:
    """What `/metrics` tells: answers by route and status, and how long they took."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self.answers = Counter("frontend_answers", "Answers given", labels, registry=self.registry)
        self.seconds = Histogram("frontend_answer_seconds", "Seconds to an answer", ("route",), registry=self.registry)


class Counting:
    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self.figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self.figures.answers.labels(route, scope["method"], str(message["status"])).inc()
                self.figures.seconds.labels(route).observe(time.perf_counter() - started)
            await send(message)

        await self.app(scope, receive, count)
