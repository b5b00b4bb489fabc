"""The end of the day by itself (A6): each process looks at the clock, and works until no day that is over is open.
Once an hour it sweeps: idempotency keys of last week are forgotten.

No leader: whoever looks finds the same days, and every chunk is somebody's exactly once (docs/decisions/end-of-day.md).
"""

import logging
import threading
import time
from datetime import timedelta

from sqlalchemy import Engine

from backend.accounting.payday import Closing, close_day_in_chunks, days_to_close
from backend.business_day import Calendar, Clock, Moment
from backend.database import reading
from backend.idempotency import sweep

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 60.0  # clocks are set, and machines sleep
SHORTEST_PAUSE_SECONDS = 0.1
SWEEP_EVERY_SECONDS = 3_600.0


class NightWatch:
    def __init__(self, engine: Engine, calendar: Calendar, clock: Clock) -> None:
        self.engine = engine
        self.calendar = calendar
        self.clock = clock
        self.sweeps_at = 0.0  # of the monotonic clock

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.look(stop)
                self.sweep_now_and_then(stop)
            except Exception:  # a database that is away at midnight must not cost the popugs their pay
                log.exception("the night watch could not do its round")
                stop.wait(LONGEST_PAUSE_SECONDS)
            stop.wait(self.pause_seconds())

    def look(self, stop: threading.Event | None = None) -> list[Closing]:
        """Closes every day that is over, oldest first, each to its end before the next begins."""
        with reading(self.engine) as connection:
            over = days_to_close(connection, self.now().day - timedelta(days=1))
        closed = []
        for day in over:
            if stop and stop.is_set():
                break  # the rest is somebody else's, or ours after the next start
            closed.append(close_day_in_chunks(self.engine, day, self.now))
            log.info("%s is closed: %s cents to %s popugs", day, closed[-1].payouts_cents, closed[-1].accounts)
        return closed

    def sweep_now_and_then(self, stop: threading.Event) -> None:
        if time.monotonic() >= self.sweeps_at:
            forgotten = sweep(self.engine, self.clock(), stop)
            log.info("%s idempotency keys are forgotten", forgotten)
            self.sweeps_at = time.monotonic() + SWEEP_EVERY_SECONDS

    def pause_seconds(self) -> float:
        """Until the day ends, so that pay comes on the stroke of the hour; yet never longer than a minute."""
        now = self.now()
        left = (self.calendar.ends_at(now.day) - now.instant).total_seconds()
        return min(LONGEST_PAUSE_SECONDS, max(SHORTEST_PAUSE_SECONDS, left))

    def now(self) -> Moment:
        return self.calendar.moment(self.clock())
