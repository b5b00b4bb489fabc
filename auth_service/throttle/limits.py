"""How many wrong tries are free, and how the pauses after them grow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from auth_service.throttle.failed_tries import FailedTries


@dataclass(frozen=True)
class GrowingPause:
    """For one beak: ten free tries, then pauses that double, to a quarter of an hour. A day of peace forgets them."""

    free: int = 10
    longest: timedelta = timedelta(minutes=15)

    def ends_at(self, tries: FailedTries) -> datetime:
        doublings = tries.count - self.free
        if doublings < 0:
            return tries.last_at
        return tries.last_at + min(timedelta(seconds=2 ** min(doublings, 20)), self.longest)


@dataclass(frozen=True)
class Budget:
    """So many in a span of time, whoever's beaks they were."""

    most: int

    def ends_at(self, tries: FailedTries) -> datetime:
        return tries.first_at + SPANS[Kind(tries.kind)] if tries.count >= self.most else tries.last_at


class Kind(StrEnum):
    BEAK = "beak"  # tries for one plumage, from browsers that this person never signed in with
    DEVICE = "device"  # tries for one plumage, from one browser that this person has signed in with
    ADDRESS = "address"  # tries from one address, or from one /64 of IPv6
    EVERYONE = "everyone"  # all tries but those of known devices


LIMITS: dict[Kind, GrowingPause | Budget] = {
    Kind.BEAK: GrowingPause(),
    Kind.DEVICE: GrowingPause(),
    Kind.ADDRESS: Budget(most=60),
    Kind.EVERYONE: Budget(most=600),
}
SPANS = {  # after which the count begins anew: since the last one for a beak, since the first one for a budget
    Kind.BEAK: timedelta(days=1),
    Kind.DEVICE: timedelta(days=1),
    Kind.ADDRESS: timedelta(minutes=10),
    Kind.EVERYONE: timedelta(minutes=1),
}
NEEDS_A_MOULT = 100  # failures for one beak within thirty days; then only a new beak helps
MONTH = timedelta(days=30)
