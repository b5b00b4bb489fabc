"""Tokens whose signature was found good a moment ago: the same text and the same key need not be computed again.

Everything else is still asked each time: the header, the times, whether the key was withdrawn and the token taken back.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any

MOST = 1000


class Seen:
    def __init__(self) -> None:
        self._tokens: dict[str, tuple[object, Mapping[str, Any]]] = {}
        self._lock = Lock()

    def claims_of(self, token: str, verifier: object) -> Mapping[str, Any] | None:
        """None unless it was verified with this very key."""
        by, claims = self._tokens.get(token, (None, {}))
        return claims if by is verifier else None

    def remember(self, token: str, verifier: object, claims: Mapping[str, Any]) -> None:
        with self._lock:
            self._tokens[token] = verifier, claims
            if len(self._tokens) > MOST:
                del self._tokens[next(iter(self._tokens))]
