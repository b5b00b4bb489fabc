"""The feed: asks auth_service again and again what changed, and keeps the replica and its freshness."""

import logging
import threading

import httpx2
from sqlalchemy import Connection, Engine

from backend.business_day import Clock
from backend.database import reading, writing
from backend.people.directory import Changes, Directory
from backend.people.replica import freshness, note_contact, note_failure, store
from backend.people.roster import RosterTooOld

log = logging.getLogger(__name__)

WAIT_SECONDS = 10  # short of what auth_service allows, so that a frozen one is noticed within 13 seconds
PAUSE_AFTER_FAILURE_SECONDS = 1.0


class Feed:
    def __init__(self, engine: Engine, directory: Directory, clock: Clock) -> None:
        self.engine = engine
        self.directory = directory
        self.clock = clock
        self.away = False

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                reached = self.sync(wait_seconds=WAIT_SECONDS)
            except Exception:  # the feed outlives everything: without it nobody's dismissal would be noticed
                log.exception("the feed could not store what it heard")
                reached = False
            if not reached:
                stop.wait(PAUSE_AFTER_FAILURE_SECONDS)

    def sync(self, *, wait_seconds: int = 0) -> bool:
        """Asks once and stores the answer; whether auth_service answered."""
        with reading(self.engine) as connection:
            after = freshness(connection).cursor
        try:
            changes = self.directory.changes(after, wait_seconds=wait_seconds)
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            self.say_away(error)
            writing(self.engine, lambda connection: note_failure(connection, self.clock()))
            return False
        self.say_back()
        writing(self.engine, lambda connection: self.take_over(connection, changes))
        return True

    def require_word(self) -> None:
        """For what must not rest on yesterday's people (S6). Raises RosterTooOld when auth_service does not answer."""
        if not self.sync():
            raise RosterTooOld

    def say_away(self, error: Exception) -> None:
        """Once, not every second of an outage."""
        if not self.away:
            log.warning("auth_service can not be reached: %s", error)
        self.away = True

    def say_back(self) -> None:
        if self.away:
            log.warning("auth_service answers again")
        self.away = False

    def sync_everything(self) -> bool:
        """Until there is nothing new; whether auth_service answered each time."""
        while True:
            with reading(self.engine) as connection:
                before = freshness(connection).cursor
            if not self.sync():
                return False
            with reading(self.engine) as connection:
                if freshness(connection).cursor == before:
                    return True

    def take_over(self, connection: Connection, changes: Changes) -> None:
        store(connection, changes.items)
        note_contact(connection, changes.next, self.clock())
