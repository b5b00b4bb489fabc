"""The ways a page can end otherwise than planned. `error_pages.py` turns each into something a person can read."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Refused(Exception):
    """A neighbour said no, in the words of its problem document (RFC 9457)."""

    status: int
    title: str
    detail: str
    kind: str = "about:blank"
    errors: Mapping[str, str] = field(default_factory=dict)  # sentence by field

    @property
    def is_a_sentence(self) -> bool:
        """By a rule of theirs, and to be shown; of a question out of shape the detail only lists fields."""
        return self.detail in self.errors.values()

    def __str__(self) -> str:
        return f"{self.status} {self.kind}: {self.detail}"


@dataclass(slots=True)
class Unreachable(Exception):
    """A neighbour is down, too slow, or overloaded; or it knows less than it will in a moment."""

    neighbour: str
    reason: str = "does not answer"  # for the log

    def __str__(self) -> str:
        return f"{self.neighbour} {self.reason}"


class SignInNeeded(Exception):
    """Nobody is signed in here, or not any more."""
