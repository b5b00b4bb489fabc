"""The keyring: signing keys parsed once and kept at hand. When another process rotates, this one soon knows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import orjson
from cryptography.fernet import Fernet
from jose.backends.base import Key

from auth_service.clock import Clock
from auth_service.database import Database
from auth_service.keys.rotation import remembered
from auth_service.keys.seen import Seen
from auth_service.keys.signing_key import KeyState, SigningKey
from auth_service.public_document import PublicDocument

FRESH_FOR_SECONDS = 2.0
ASK_AGAIN_AFTER_SECONDS = 0.5  # at most, when strangers present key ids that nobody has


@dataclass(frozen=True, repr=False)
class Signer:
    kid: str
    algorithm: str
    key: Key


@dataclass(frozen=True)
class Verifier:
    algorithm: str
    key: Key


@dataclass(frozen=True, repr=False)
class Loaded:
    signers: Mapping[str, Signer]  # by algorithm
    verifiers: Mapping[str, Verifier]  # by key id, as the next two
    of_hints: Mapping[str, Verifier]
    parsed: Mapping[str, tuple[Signer | None, Verifier]]
    jwks: Mapping[str, Any]
    document: PublicDocument  # the same, as it is sent
    at: float


class Keyring:
    def __init__(self, database: Database, sealing: Fernet, clock: Clock) -> None:
        self._database, self._sealing, self._clock = database, sealing, clock
        self._loaded: Loaded | None = None
        self._lock = Lock()
        self.seen = Seen()

    def signer(self, algorithm: str) -> Signer:
        return self._fresh(FRESH_FOR_SECONDS).signers[algorithm]

    def verifier(self, kid: str, *, of_hint: bool = False) -> Verifier | None:
        """`of_hint`: also keys that were retired, not withdrawn, for a hint need not be in time any more."""
        found = self._verifiers(FRESH_FOR_SECONDS, of_hint).get(kid)
        return found or self._verifiers(ASK_AGAIN_AFTER_SECONDS, of_hint).get(kid)

    def jwks(self) -> Mapping[str, Any]:
        return self._fresh(FRESH_FOR_SECONDS).jwks

    def document(self) -> PublicDocument:
        return self._fresh(FRESH_FOR_SECONDS).document

    def is_fresh(self) -> bool:
        """Whether an answer can be had without waiting for the database."""
        return is_fresh(self._loaded, FRESH_FOR_SECONDS)

    def forget(self) -> None:
        """After a rotation or a withdrawal in this very process."""
        self._loaded = None

    def _verifiers(self, seconds: float, of_hint: bool) -> Mapping[str, Verifier]:
        loaded = self._fresh(seconds)
        return loaded.of_hints if of_hint else loaded.verifiers

    def _fresh(self, seconds: float) -> Loaded:
        loaded = self._loaded
        if loaded and is_fresh(loaded, seconds):
            return loaded
        with self._lock:
            loaded = self._loaded
            if loaded is None or not is_fresh(loaded, seconds):  # else another thread has just asked
                self._loaded = loaded = self._load(loaded)
        return loaded

    def _load(self, before: Loaded | None) -> Loaded:
        started = time.monotonic()
        with self._database.reading() as session:
            keys = remembered(session)
        now = self._clock()
        known = before.parsed if before else {}
        parsed = {key.kid: self._parsed(key, known.get(key.kid)) for key in keys}
        public = [key for key in keys if key.is_published(now)]
        jwks = {"keys": [key.public_jwk for key in public]}
        return Loaded(
            signers={signer.algorithm: signer for signer, _ in parsed.values() if signer},
            verifiers={key.kid: parsed[key.kid][1] for key in public},
            of_hints={kid: verifier for kid, (_, verifier) in parsed.items()},
            parsed=parsed,
            jwks=jwks,
            document=PublicDocument.of(orjson.dumps(jwks)),
            at=started,
        )

    def _parsed(self, key: SigningKey, before: tuple[Signer | None, Verifier] | None) -> tuple[Signer | None, Verifier]:
        """Unsealed and parsed once: a key never changes, only its state does."""
        signer, verifier = before or (None, Verifier(key.algorithm, key.public_key()))
        if key.state != KeyState.CURRENT:
            return None, verifier
        return signer or Signer(key.kid, key.algorithm, key.private_key(self._sealing)), verifier


def is_fresh(loaded: Loaded | None, seconds: float) -> bool:
    return loaded is not None and time.monotonic() - loaded.at < seconds
