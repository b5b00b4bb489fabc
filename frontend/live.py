"""GET /live: one stream of nudges for each open page (T7). It tells that something changed; the page asks what.

Behind each stream is one long poll of the backend at a time, with the person's own access token. Nothing here keeps a
session alive: only people do.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx2
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from frontend.database import reading
from frontend.errors import SignInNeeded, Unreachable
from frontend.house import House, house_of
from frontend.neighbour import CONNECT_SECONDS
from frontend.sessions import BrowserSession, SessionHash, find_session
from frontend.streams import SESSION_ENDED, Streams, streams_of
from frontend.visitor import session_hash_of

router = APIRouter()

POLL_SECONDS = 18  # whoever stands between us and the browser hears something as often
PATIENCE_SECONDS = POLL_SECONDS + 5
LONGEST_SECONDS = 600
BREATH_SECONDS = 1.0  # after news: a long round of assignments is not told task by task
PAUSES_SECONDS = (1, 2, 4, 8)  # while the backend is away
LARGEST_MARK = 2**63 - 1
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
QUIET = b": nothing new\n\n"


@router.get("/live")
async def live(request: Request, after: str = "") -> Response:
    """What the page has seen is in its address; what the stream told since, in the header of whoever comes again."""
    house, streams, place = house_of(request), streams_of(request.app), session_hash_of(request)
    if place is None or await run_in_threadpool(living_session, house, place) is None:
        return Response(SESSION_ENDED, media_type="text/event-stream", headers=HEADERS)  # said, and not an error
    if not streams.has_room(place):
        return Response(status_code=503, headers={**HEADERS, "Retry-After": "60"})
    seen = mark_in(request.headers.get("Last-Event-ID") or after)
    listener = Listener(house, streams.http, place, str(request.state.request_id), seen)
    return StreamingResponse(told(streams, listener), media_type="text/event-stream", headers=HEADERS)


def living_session(house: House, place: SessionHash) -> BrowserSession | None:
    with reading(house.engine).connect() as connection:
        return find_session(connection, house.session_vault, place, at=house.clock())


def mark_in(text: str) -> int | None:
    known = text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_MARK
    return int(text) if known else None


async def told(streams: Streams, listener: "Listener") -> AsyncIterator[bytes]:
    until = time.monotonic() + LONGEST_SECONDS
    with streams.seat(listener.place) as ending:
        yield QUIET if listener.mark is None else f"id: {listener.mark}\n\n".encode()
        while time.monotonic() < until:
            hearing = asyncio.ensure_future(listener.hear())
            awaited: set[asyncio.Future[Any]] = {hearing, ending}
            try:
                await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
                if ending.done():
                    break
                heard = hearing.result()
            finally:
                hearing.cancel()
            yield heard.words
            if heard.words == SESSION_ENDED:
                return
            await asyncio.wait({ending}, timeout=heard.pause_seconds)
        if ending.done():
            yield ending.result()


class Heard(NamedTuple):
    words: bytes
    pause_seconds: float = 0


@dataclass(slots=True)
class Listener:
    house: House
    http: httpx2.AsyncClient
    place: SessionHash
    request_id: str
    mark: int | None  # that the page has seen
    is_new: bool = True  # and may have missed what the person did elsewhere
    failures: int = field(default=0)

    async def hear(self) -> Heard:
        try:
            nudge = await self.next_nudge()
        except SignInNeeded:
            return Heard(SESSION_ENDED)
        except Unreachable:
            self.failures += 1
            return Heard(QUIET, PAUSES_SECONDS[min(self.failures, len(PAUSES_SECONDS)) - 1])
        self.failures = 0
        before, self.mark = self.mark, nudge["mark"]
        has_changed = before is not None and before != self.mark and (nudge["by_others"] or self.is_new)
        self.is_new = False
        if before == self.mark:
            return Heard(QUIET)
        return Heard(self.words_for(nudge, has_changed=has_changed), BREATH_SECONDS if before is not None else 0)

    def words_for(self, nudge: dict[str, Any], *, has_changed: bool) -> bytes:
        """What somebody did in this very page it shows already, so that is no news."""
        words = f"id: {nudge['mark']}\n" + ("event: tasks-changed\ndata:\n" if has_changed else "") + "\n"
        if nudge["new_tasks"]:
            toast = self.house.pages.fragment("new_work.html", {"count": nudge["new_tasks"]})
            words += "".join(f"data: {line}\n" for line in toast.splitlines()) + "\n"
        return words.encode()

    async def next_nudge(self) -> dict[str, Any]:
        """Raises SignInNeeded, Unreachable."""
        bearer = await run_in_threadpool(self.bearer)
        answer = await self.ask(bearer)
        if answer.status_code == 401:
            refused, bearer = bearer, await run_in_threadpool(self.bearer_after, bearer)
            answer = await self.ask(bearer)
            if answer.status_code == 401 and bearer == refused:
                raise SignInNeeded
        if answer.status_code != 200:
            raise Unreachable("backend", f"answered {answer.status_code}")
        nudge: dict[str, Any] = answer.json()
        return nudge

    async def ask(self, bearer: str) -> httpx2.Response:
        wait = 0 if self.is_new else POLL_SECONDS  # at first only what was missed
        query = {} if self.mark is None else {"after": self.mark, "wait": wait}
        headers = {"Authorization": f"Bearer {bearer}", "X-Request-Id": self.request_id}
        timeout = httpx2.Timeout(PATIENCE_SECONDS, connect=CONNECT_SECONDS)
        try:
            return await self.http.get(
                f"{self.house.backend.base_url}/nudges", params=query, headers=headers, timeout=timeout
            )
        except httpx2.TransportError as error:
            raise Unreachable("backend") from error

    def bearer(self) -> str:
        return self.house.tokens.access_token(self.session())

    def bearer_after(self, refused: str) -> str:
        return self.house.tokens.access_token_after(refused, self.session())

    def session(self) -> BrowserSession:
        """As it is now: other requests renew its tokens, too."""
        session = living_session(self.house, self.place)
        if session is None:
            raise SignInNeeded
        return session
