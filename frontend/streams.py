"""The open streams of this process: how many there may be, and that each ends with its session or with the process.

One look every other second asks for all of them which sessions are over, whoever ended them and in which process. While
nothing is open, nobody looks.
"""

import asyncio
import logging
import ssl
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI

from frontend.database import reading
from frontend.house import House
from frontend.sessions import SessionHash, living_among

log = logging.getLogger(__name__)

MOST = 300  # each takes two sockets, one to the browser and one to the backend; a process may open about a thousand
MOST_OF_ONE_SESSION = 6  # as many connections as a browser opens to one place
LOOK_EVERY_SECONDS = 2.0
SESSION_ENDED = b"event: session-ended\ndata:\n\n"

Ending = asyncio.Future[bytes]  # with what is said last


class Streams:
    def __init__(self, house: House, *, most: int = MOST) -> None:
        self.house = house
        self.most = most
        self.open: dict[SessionHash, set[Ending]] = defaultdict(set)
        self.looking: asyncio.Task[None] | None = None
        self.closed = False
        self.http = httpx2.AsyncClient(
            verify=ssl.create_default_context(),
            trust_env=False,
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=most, keepalive_expiry=3),
        )

    @property
    def count(self) -> int:
        return sum(len(endings) for endings in self.open.values())

    def has_room(self, place: SessionHash) -> bool:
        """A session that has too many is not the oldest page's fault: the newest does without."""
        return not self.closed and self.count < self.most and len(self.open.get(place, ())) < MOST_OF_ONE_SESSION

    @contextmanager
    def seat(self, place: SessionHash) -> Iterator[Ending]:
        """Done when the session is over, or the process about to be."""
        ending: Ending = asyncio.get_running_loop().create_future()
        if self.closed:
            ending.set_result(b"")
        self.open[place].add(ending)
        if self.looking is None and not self.closed:
            self.looking = asyncio.create_task(self.look_while_something_is_open())
        try:
            yield ending
        finally:
            self.open[place].discard(ending)
            if not self.open[place]:
                del self.open[place]

    async def look_while_something_is_open(self) -> None:
        thread = CapacityLimiter(1)  # of our own: pages that fill all others do not make us late
        while self.open:
            asked = list(self.open)
            try:
                living = await to_thread.run_sync(self.look, asked, limiter=thread)
            except Exception:  # a database that is away comes back
                log.exception("could not look which sessions are over; trying again")
            else:
                for place in set(asked) - living:
                    self.end(place, SESSION_ENDED)
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        self.looking = None

    def look(self, places: list[SessionHash]) -> set[SessionHash]:
        with reading(self.house.engine).connect() as connection:
            return living_among(connection, places, at=self.house.clock())

    def end(self, place: SessionHash, last_words: bytes) -> None:
        for ending in self.open.get(place, ()):
            if not ending.done():
                ending.set_result(last_words)

    def close(self) -> None:
        """Nothing is said last: a browser that hears nothing comes again, to whoever answers then."""
        self.closed = True
        for place in self.open:
            self.end(place, b"")
        if self.looking:
            self.looking.cancel()


def streams_of(app: FastAPI) -> Streams:
    streams: Streams = app.state.streams
    return streams
