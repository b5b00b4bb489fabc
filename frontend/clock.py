"""The time of day comes in by the door: rooms are handed a clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

Clock = Callable[[], datetime]

PAGE_SECONDS = 2.5


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A budget of seconds for one page; every call to a neighbour takes from what is left."""

    seconds: float = PAGE_SECONDS
    started: float = field(default_factory=time.monotonic)

    @property
    def left_seconds(self) -> float:
        return max(0.0, self.started + self.seconds - time.monotonic())
