"""Large rounds by themselves: each process looks for a running one, and deals it step by step to its end.

No leader and no lease: the round's row is locked for each step, so one process at a time is at it, and when that one is
killed its lock is gone with it and the next goes on at the cursor (docs/decisions/reassignment.md).
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

from sqlalchemy import Connection, Engine

from backend.business_day import Moment
from backend.database import let_others_write, reading, writing
from backend.tasks.reassignment import take_step
from backend.tasks.rounds import running_round, stored_roster

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
PAUSE_AFTER_FAILURE_SECONDS = 5.0
SHORT_SECONDS, LONG_SECONDS = 0.1, 0.2  # a step takes about so long
SMALLEST, LARGEST = 250, 10_000
FIRST = 1_000


@dataclass
class Pace:
    """How many tasks one step takes, so that whoever waits for it does not wait long."""

    size: int = FIRST

    def adapt(self, seconds: float) -> None:
        if seconds < SHORT_SECONDS:
            self.size = min(LARGEST, self.size * 3 // 2)
        elif seconds > LONG_SECONDS:
            self.size = max(SMALLEST, self.size // 2)


class Dealer:
    def __init__(
        self, engine: Engine, roles: Sequence[str], now: Callable[[], Moment], pace: Pace | None = None
    ) -> None:
        self.engine = engine
        self.roles = roles
        self.now = now
        self.pace = pace or Pace()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.look(stop)
            except Exception:  # a database that is away must not leave a round half dealt for ever
                log.exception("the round could not go on yet")
                stop.wait(PAUSE_AFTER_FAILURE_SECONDS)
            stop.wait(PAUSE_SECONDS)

    def look(self, stop: threading.Event | None = None) -> None:
        """Deals the running round, if there is one, until it is done or another process has it."""
        with reading(self.engine) as connection:
            round_id = running_round(connection)
            roster = stored_roster(connection, round_id) if round_id else []
        while round_id and not (stop and stop.is_set()) and self.step(round_id, roster):
            let_others_write(self.engine)

    def step(self, round_id: UUID, roster: Sequence[UUID]) -> int:
        """Its own time sets the pace; waiting for a turn or for the disk does not get shorter with fewer tasks."""
        size = self.pace.size

        def take(connection: Connection) -> tuple[int, float]:
            began = perf_counter()
            dealt = take_step(connection, round_id, roster, self.roles, self.now(), size=size)
            return dealt, perf_counter() - began

        dealt, seconds = writing(self.engine, take)
        if dealt == size:
            self.pace.adapt(seconds)
        return dealt
