"""The issuer's signing keys: told by its feed, and fetched when an unknown one turns up; kept on disk.

An unknown key may be a stranger's invention, so it makes us ask every 30 seconds at most. What the feed tells needs no
such limit: nobody but auth_service causes it (docs/decisions/keys-by-the-feed.md).
"""

import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

log = logging.getLogger(__name__)

PAUSE_BETWEEN_FETCHES_SECONDS = 30
REFRESH_AFTER_SECONDS = 60  # so that a withdrawn key is not believed for long
ALGORITHMS = {"EC": "ES256", "RSA": "RS256"}


@dataclass(frozen=True)
class SigningKey:
    algorithm: str
    key: Key


class KeySet:
    def __init__(
        self, fetch: Callable[[], dict[str, Any]], file: Path, *, stopwatch: Callable[[], float] = monotonic
    ) -> None:
        self.fetch = fetch
        self.file = file
        self.stopwatch = stopwatch
        self.lock = threading.Lock()
        self.keys: dict[str, SigningKey] = {}
        self.document: dict[str, Any] = {}
        self.generation = 0  # grows whenever the keys change
        self.fetched_at = float("-inf")
        self.tried_at = {True: float("-inf"), False: float("-inf")}  # for an unknown key, and as time passes
        self.read_file()

    def find(self, kid: str) -> SigningKey | None:
        key = self.keys.get(kid)
        now = self.stopwatch()
        if key is None or now - self.fetched_at > REFRESH_AFTER_SECONDS:
            self.refresh(wait=key is None)
        return self.keys.get(kid)

    def learn(self, document: dict[str, Any]) -> None:
        """What auth_service told us by itself."""
        with self.lock:
            try:
                self.take_over(document)
                self.fetched_at = self.stopwatch()
            except ValueError as error:
                log.warning("the signing keys that we were told make no sense: %s", error)

    def refresh(self, *, wait: bool) -> None:
        """Whoever knows the key already does not wait for somebody else's fetch."""
        if not self.lock.acquire(blocking=wait):
            return
        try:
            if self.stopwatch() - self.tried_at[wait] >= PAUSE_BETWEEN_FETCHES_SECONDS:
                self.tried_at[wait] = self.stopwatch()
                self.take_over(self.fetch())
                self.fetched_at = self.stopwatch()
        except (httpx2.HTTPError, ValueError, OSError) as error:
            log.warning("the signing keys could not be fetched: %s", error)
        finally:
            self.lock.release()

    def take_over(self, document: dict[str, Any]) -> None:
        keys = parse(document)
        if document != self.document:
            self.keys, self.document = keys, document
            self.generation += 1
            self.write_file(document)

    def read_file(self) -> None:
        """What the last process knew, so that a restart during an outage still verifies."""
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            self.keys, self.document = parse(document), document
        except (OSError, ValueError):
            log.info("no signing keys on disk yet")

    def write_file(self, document: dict[str, Any]) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=self.file.name)
            with os.fdopen(handle, "w", encoding="utf-8") as copy:
                json.dump(document, copy)
            Path(name).replace(self.file)
        except OSError as error:
            log.warning("the signing keys could not be kept on disk: %s", error)


def parse(document: Any) -> dict[str, SigningKey]:
    """The keys we may use: named, for signatures, asymmetric, of an algorithm we speak."""
    found = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise ValueError("no key set")
    keys = {}
    for each in found:
        if isinstance(each, dict) and (key := parse_key(each)):
            keys[str(each["kid"])] = key
    return keys


def parse_key(each: dict[str, Any]) -> SigningKey | None:
    algorithm = ALGORITHMS.get(str(each.get("kty")))
    if not algorithm or not isinstance(each.get("kid"), str) or each.get("use", "sig") != "sig":
        return None
    if each.get("alg", algorithm) != algorithm:
        return None
    try:
        return SigningKey(algorithm, jwk.construct(each, algorithm))
    except (JOSEError, ValueError, KeyError):
        return None
