"""The feed: asks auth_service again and again what changed, and keeps the replica and its freshness.

The signing keys come along with every answer, and are passed on to whoever verifies tokens in this process.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

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
    def __init__(
        self, engine: Engine, directory: Directory, clock: Clock, pass_keys_on: Callable[[dict[str, Any]], None]
    ) -> None:
        self.engine = engine
        self.directory = directory
        self.clock = clock
        self.pass_keys_on = pass_keys_on
        self.heard = -1  # up to which number this process was told itself
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
        """Asks once and stores the answer; whether auth_service answered.

        News that another process has stored already may have been of keys, which each must hear: then nobody waits.
        """
        with reading(self.engine) as connection:
            after = freshness(connection).cursor
        try:
            changes = self.directory.changes(after, wait_seconds=wait_seconds if after == self.heard else 0)
        except (httpx2.HTTPError, ValueError, KeyError) as error:
            self.say_away(error)
            writing(self.engine, lambda connection: note_failure(connection, self.clock()))
            return False
        self.say_back()
        self.heard = changes.next
        if changes.jwks is not None:
            self.pass_keys_on(changes.jwks)
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
