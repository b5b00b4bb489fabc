"""The keyring: signing keys parsed once and kept at hand. When another process rotates, this one soon knows."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from cryptography.fernet import Fernet
from jose.backends.base import Key

from auth_service.clock import Clock
from auth_service.database import Database
from auth_service.keys.rotation import published
from auth_service.keys.signing_key import KeyState, SigningKey

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
    signers: Mapping[str, Signer]
    verifiers: Mapping[str, Verifier]
    jwks: Mapping[str, Any]
    at: float


class Keyring:
    def __init__(self, database: Database, sealing: Fernet, clock: Clock) -> None:
        self._database, self._sealing, self._clock = database, sealing, clock
        self._loaded: Loaded | None = None
        self._lock = Lock()

    def signer(self, algorithm: str) -> Signer:
        return self._fresh(FRESH_FOR_SECONDS).signers[algorithm]

    def verifier(self, kid: str) -> Verifier | None:
        loaded = self._fresh(FRESH_FOR_SECONDS)
        if kid not in loaded.verifiers:
            loaded = self._fresh(ASK_AGAIN_AFTER_SECONDS)
        return loaded.verifiers.get(kid)

    def jwks(self) -> Mapping[str, Any]:
        return self._fresh(FRESH_FOR_SECONDS).jwks

    def forget(self) -> None:
        """After a rotation in this very process."""
        self._loaded = None

    def _fresh(self, seconds: float) -> Loaded:
        loaded = self._loaded
        if loaded and time.monotonic() - loaded.at < seconds:
            return loaded
        with self._lock:
            self._loaded = loaded = self._load()
        return loaded

    def _load(self) -> Loaded:
        with self._database.reading() as session:
            keys = published(session, at=self._clock())
        return Loaded(
            signers={key.algorithm: self._signer(key) for key in keys if key.state == KeyState.CURRENT},
            verifiers={key.kid: Verifier(key.algorithm, key.public_key()) for key in keys},
            jwks={"keys": [key.public_jwk for key in keys]},
            at=time.monotonic(),
        )

    def _signer(self, key: SigningKey) -> Signer:
        return Signer(key.kid, key.algorithm, key.private_key(self._sealing))
