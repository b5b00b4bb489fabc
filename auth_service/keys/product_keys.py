"""Keys that products publish at their `jwks_uri`: fetched when one is named that we do not know, and kept for a while.

A fetch goes where a logout notice may go and nowhere else, is asked for at most every 30 seconds, and ends after three
seconds or 64 KiB. It runs outside of any transaction; inside of one, only what is known already is looked at.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock

import httpx2
import orjson

from auth_service.keys.foreign_tokens import Jwk, usable_keys
from auth_service.sessions.destination import Network, NotAllowed, destination_of

log = logging.getLogger(__name__)

FETCH_AGAIN_AFTER_SECONDS = 30.0  # at most, whatever key ids strangers make up
FRESH_FOR_SECONDS = 600.0  # then a key that the product has taken down is forgotten
FORGOTTEN_AFTER_SECONDS = 24 * 3600.0  # when the product no longer answers
DEADLINE_SECONDS = 3.0
LARGEST_KEY_SET_BYTES = 64 * 1024

Fetch = Callable[[str], list[Jwk]]


class CanNotFetch(Exception):
    """The message is for the log."""


@dataclass
class KeySet:
    keys: list[Jwk] = field(default_factory=list)
    fetched_at: float = float("-inf")
    tried_at: float = float("-inf")
    lock: Lock = field(default_factory=Lock)

    def has(self, kid: object) -> bool:
        return bool(self.keys) and (kid is None or any(key.get("kid") == kid for key in self.keys))


class ProductKeys:
    def __init__(self, fetch: Fetch, *, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._fetch, self._stopwatch = fetch, stopwatch
        self._sets: dict[str, KeySet] = {}

    def known(self, uri: str) -> list[Jwk]:
        return self._sets[uri].keys if uri in self._sets else []

    def look_up(self, uri: str, kid: object) -> None:
        """Before the transaction in which `known` is asked."""
        known = self._sets.setdefault(uri, KeySet())
        now = self._stopwatch()
        fresh_for = FRESH_FOR_SECONDS if kid else FETCH_AGAIN_AFTER_SECONDS  # a key without a name may be a new one
        if known.has(kid) and now - known.fetched_at < fresh_for:
            return
        # Whoever finds the key wanting waits for a fetch under way; whoever does not goes on with the old one.
        if not known.lock.acquire(timeout=0 if known.has(kid) else DEADLINE_SECONDS):
            return
        try:
            if self._stopwatch() - known.tried_at >= FETCH_AGAIN_AFTER_SECONDS:
                self._renew(known, uri)
        finally:
            known.lock.release()

    def _renew(self, known: KeySet, uri: str) -> None:
        known.tried_at = self._stopwatch()
        try:
            known.keys = self._fetch(uri)
            known.fetched_at = known.tried_at
        except CanNotFetch as error:
            log.warning("the keys at %s can not be fetched: %s", uri, error)
            if known.tried_at - known.fetched_at > FORGOTTEN_AFTER_SECONDS:
                known.keys = []


def over_http(networks: Sequence[Network]) -> Fetch:
    """`networks` are allowed besides the public internet."""

    def fetch(uri: str) -> list[Jwk]:
        try:
            return usable_keys(orjson.loads(body_at(uri, networks)))
        except (NotAllowed, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise CanNotFetch(f"{type(error).__name__}: {error}") from error

    return fetch


def body_at(uri: str, networks: Sequence[Network]) -> bytes:
    until = time.monotonic() + DEADLINE_SECONDS
    to, body = destination_of(uri, networks), b""
    with (
        httpx2.Client(timeout=DEADLINE_SECONDS, follow_redirects=False) as client,
        client.stream("GET", to.url, headers=to.headers, extensions=to.extensions) as answer,
    ):
        if answer.status_code != 200:
            raise CanNotFetch(f"answered {answer.status_code}")
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > LARGEST_KEY_SET_BYTES or time.monotonic() > until:
                raise CanNotFetch("too large or too slow")
    return body
