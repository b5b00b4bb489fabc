"""What everybody in the backend has in hand: settings, database, clock, dice, calendar, and the door."""

import random
from dataclasses import dataclass, field

from sqlalchemy import Engine

from backend.business_day import Calendar, Clock, Moment, utc_now
from backend.database import open_engine
from backend.identity import Doorman
from backend.key_set import KeySet
from backend.people.directory import Directory
from backend.people.feed import Feed
from backend.people.roster import Lot
from backend.settings import Settings
from backend.tokens import TokenReader

ROLL_CALL_SECONDS = 1.0  # a page has 2.5 in all


@dataclass(frozen=True)
class House:
    settings: Settings
    engine: Engine
    clock: Clock
    dice: random.Random
    calendar: Calendar
    feed: Feed
    roll_call: Feed  # the same feed, asked by somebody who waits for the answer
    doorman: Doorman = field(repr=False)

    @property
    def lot(self) -> Lot:
        return Lot(self.dice, self.settings.assignable_roles)

    def close(self) -> None:
        self.feed.directory.close()
        self.roll_call.directory.close()
        self.engine.dispose()

    def now(self) -> Moment:
        return self.calendar.moment(self.clock())


def furnish(settings: Settings, *, clock: Clock = utc_now, dice: random.Random | None = None) -> House:
    engine = open_engine(settings.database_url)
    directory = Directory(settings)
    keys = KeySet(directory.signing_keys, settings.jwks_file)
    feed = Feed(engine, directory, clock, keys.learn)
    roll_call = Feed(engine, Directory(settings, patience_seconds=ROLL_CALL_SECONDS), clock, keys.learn)
    doorman = Doorman(engine, TokenReader(keys, settings.issuer), feed, clock)
    return House(settings, engine, clock, dice or random.SystemRandom(), settings.calendar, feed, roll_call, doorman)
