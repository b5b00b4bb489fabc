"""The edge: what happens around every request. Its id, the size limit, the headers of every answer, the last resort."""

import logging
import re
import traceback
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth_service.errors import Refused, TooLarge
from auth_service.languages.sentence import Sentence
from auth_service.refusals import answer_for

log = logging.getLogger(__name__)

LARGEST_BODY_BYTES = 64 * 1024
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{8,100}")


SAY_SO = Sentence("The error is in our log. Please try again in a moment.")


class SomethingBroke(Refused):
    status = 500
    title = "Something broke on our side"


class Edge:
    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app, self.is_https = app, is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send, is_https=self.is_https)
        try:
            exchange.refuse_announced_size()
            await self.app(scope, exchange.receive, exchange.send)
        except TooLarge as refusal:
            await exchange.refuse(refusal)
        except Exception:
            log.error("request %s broke\n%s", exchange.request_id, traceback.format_exc())
            await exchange.refuse(SomethingBroke(SAY_SO))


class Exchange:
    """One request and its answer, watched."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, is_https: bool) -> None:
        self.scope, self._receive, self._send, self.is_https = scope, receive, send, is_https
        self.received_bytes = 0
        self.answering = False
        asked = Headers(scope=scope).get("X-Request-Id", "")
        self.request_id = asked if SANE_REQUEST_ID.fullmatch(asked) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = self.request_id

    def refuse_announced_size(self) -> None:
        announced = Headers(scope=self.scope).get("Content-Length", "")
        if announced.isdigit() and int(announced) > LARGEST_BODY_BYTES:
            raise TooLarge(Sentence("A request may carry at most %(num)s bytes.", num=LARGEST_BODY_BYTES))

    async def receive(self) -> Message:
        message = await self._receive()
        self.received_bytes += len(message.get("body", b""))
        if self.received_bytes > LARGEST_BODY_BYTES:
            raise TooLarge(Sentence("A request may carry at most %(num)s bytes.", num=LARGEST_BODY_BYTES))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answering = True
            self.add_headers(MutableHeaders(scope=message))
        await self._send(message)

    def add_headers(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = self.request_id
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        if self.is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")

    async def refuse(self, refusal: Refused) -> None:
        if not self.answering:
            await answer_for(refusal, Request(self.scope))(self.scope, self._receive, self.send)


class HeadLikeGet:
    """HEAD is decided and answered like GET; the server leaves the body out (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)
