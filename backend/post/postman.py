"""The postman: takes letters from the outbox, a few at a time, and brings each out of the house at least once."""

import logging
import random
import threading

from sqlalchemy import Engine

from backend.business_day import Clock
from backend.database import reading, writing
from backend.post.carriers import Carrier
from backend.post.letters import RefusedForNowError, Stationery, UndeliverableError
from backend.post.outbox import LEASE, Leased, count_attempt, lease, mark_failed, mark_sent

log = logging.getLogger(__name__)

BAG = 20
PAUSE_SECONDS = 2.0


class Postman:
    def __init__(
        self, engine: Engine, stationery: Stationery, carrier: Carrier, clock: Clock, dice: random.Random
    ) -> None:
        self.engine = engine
        self.stationery = stationery
        self.carrier = carrier
        self.clock = clock
        self.dice = dice

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                went = self.go(stop)
            except Exception:  # a database that is away for a while must not end the post for good
                log.exception("the post stands still")
                went = 0
            if not went:
                stop.wait(PAUSE_SECONDS)

    def go(self, stop: threading.Event | None = None) -> int:
        """One walk; how many letters were in the bag."""
        letters = writing(self.engine, lambda connection: lease(connection, self.clock(), at_most=BAG))
        until = self.clock() + LEASE / 2  # with a slow server the rest is somebody else's before it is brought twice
        for letter in letters:
            if (stop and stop.is_set()) or self.clock() > until:
                break  # the lease of the rest runs out, and somebody else brings them
            self.deliver(letter)
        return len(letters)

    def deliver(self, letter: Leased) -> None:
        if not writing(self.engine, lambda connection: count_attempt(connection, letter)):
            return  # our lease ran out, and another is at it
        try:
            with reading(self.engine) as connection:
                message = self.stationery.write(connection, letter)
            self.carrier.carry(message)
        except Exception as error:  # whatever happened, the letter stays ours to bring
            self.note_failure(letter, error)
        else:
            writing(self.engine, lambda connection: mark_sent(connection, letter.id, self.clock()))

    def note_failure(self, letter: Leased, error: Exception) -> None:
        log.warning("letter %s could not be delivered: %s", letter.id, type(error).__name__)
        for_good = isinstance(error, UndeliverableError)
        in_words = isinstance(error, UndeliverableError | RefusedForNowError)
        words = str(error) if in_words else f"{type(error).__name__}: {error}"
        writing(
            self.engine,
            lambda connection: mark_failed(connection, letter, words, self.clock(), for_good=for_good, dice=self.dice),
        )
