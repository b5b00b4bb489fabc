"""Around every request: its id, the headers of every answer, and how long it took."""

import logging
import re
from collections.abc import Mapping
from time import perf_counter
from uuid import uuid4

from prometheus_client import CollectorRegistry, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("backend.requests")

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Envelope:
    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        self.seconds = Histogram(
            "backend_request_seconds", "Requests by route and status", ("method", "route", "status"), registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = sane_request_id(Headers(scope=scope).get("x-request-id"))
        started, status = perf_counter(), 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self.observe(scope, status, perf_counter() - started)

    def observe(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")  # the template, never the path: ids would be labels
        self.seconds.labels(scope["method"], route, status).observe(seconds)
        log.info("%s %s %s %.1f ms %s", scope["method"], route, status, seconds * 1000, scope["request_id"])


class BodyLimit:
    """Refuses what is larger than a request may be, as it comes in, with a problem like any other refusal."""

    def __init__(self, app: ASGIApp, default: int, by_path: Mapping[str, int]) -> None:
        self.app = app
        self.default = default
        self.by_path = by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        left = self.by_path.get(scope["path"], self.default)

        async def receive_within_limit() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, "This is more than we take in one request.")
            return message

        await self.app(scope, receive_within_limit, send)


def sane_request_id(offered: str | None) -> str:
    return offered if offered and SANE_REQUEST_ID.fullmatch(offered) else uuid4().hex
