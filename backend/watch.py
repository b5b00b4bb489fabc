"""Who waits for news of their own account, and the one look a second that finds it for all of them.

Whoever waits holds a seat and nothing else: no thread, no connection, no transaction. While nobody waits, nobody looks.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Engine

from backend.accounting.accounts import marks_of
from backend.database import reading
from backend.errors import Refused

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
MOST_WAITING = 500  # sockets are what they cost; a process may open about a thousand
MOST_OF_ONE_PERSON = 20  # pages


class TooManyWaiting(Refused):
    status = 503
    title = "Too many wait already"

    def __init__(self) -> None:
        super().__init__("Too many wait for news here. Ask again in a moment.", headers={"Retry-After": "15"})


@dataclass(eq=False)
class Seat:
    """Somebody who knows the mark `after`, and wants to hear of any other."""

    after: int
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Watch:
    def __init__(self, engine: Engine, *, most: int = MOST_WAITING) -> None:
        self.engine = engine
        self.most = most
        self.seats: dict[UUID, set[Seat]] = defaultdict(set)
        self.looking: asyncio.Task[None] | None = None
        self.closed = False

    @property
    def waiting(self) -> int:
        return sum(len(seats) for seats in self.seats.values())

    @contextmanager
    def seat(self, person_id: UUID, *, after: int) -> Iterator[asyncio.Event]:
        """Set when the person's mark is another than `after`, or when everybody is to go. Raises TooManyWaiting."""
        if self.waiting >= self.most or len(self.seats.get(person_id, ())) >= MOST_OF_ONE_PERSON:
            raise TooManyWaiting
        seat = Seat(after)
        if self.closed:
            seat.woken.set()
        self.seats[person_id].add(seat)
        if self.looking is None and not self.closed:
            self.looking = asyncio.create_task(self.look_while_somebody_waits())
        try:
            yield seat.woken
        finally:
            self.seats[person_id].discard(seat)
            if not self.seats[person_id]:
                del self.seats[person_id]

    async def look_while_somebody_waits(self) -> None:
        thread = CapacityLimiter(1)  # of our own: requests that fill all others do not make us late
        while self.seats:
            try:
                self.wake(await to_thread.run_sync(self.look, list(self.seats), limiter=thread))
            except Exception:  # a database that is away comes back
                log.exception("could not look for news; trying again")
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        self.looking = None

    def look(self, people: list[UUID]) -> dict[UUID, int]:
        with reading(self.engine) as connection:
            return marks_of(connection, people)

    def wake(self, marks: dict[UUID, int]) -> None:
        for person_id, mark in marks.items():
            for seat in self.seats.get(person_id, ()):
                if seat.after != mark:
                    seat.woken.set()

    def close(self) -> None:
        """Everybody is answered at once, whoever still comes too: the process is about to end."""
        self.closed = True
        for seats in self.seats.values():
            for seat in seats:
                seat.woken.set()
        if self.looking:
            self.looking.cancel()
