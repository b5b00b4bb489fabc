"""Proof: does this outline belong to this person? Argon2id over the peppered outline, the same time for nobody."""

import os
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from auth_service.beaks import BeakShape
from auth_service.keys.derivation import keyed

AT_ONCE = min(os.cpu_count() or 1, 4)  # each takes 19 MiB and a core; more at once would only make all of them late
NOBODY = BeakShape.of(plumage="0000", outline="000000000000")


class Proof:
    def __init__(self, pepper: bytes, *, memory_kib: int) -> None:
        self._pepper = pepper
        self._hasher = PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1, type=Type.ID)
        self._slots = BoundedSemaphore(AT_ONCE)
        self._nobody = self.seal(NOBODY)

    def seal(self, beak: BeakShape) -> str:
        """What is stored of a beak: nothing that could be turned back into it."""
        with self._slots:
            return self._hasher.hash(self._peppered(beak))

    def holds(self, beak: BeakShape | None, seal: str | None) -> bool:
        """Whether `beak` is the sealed one. With no beak or no seal it is not, and takes as long to say so."""
        with self._slots:
            try:
                same = self._hasher.verify(seal or self._nobody, self._peppered(beak or NOBODY))
            except (VerificationError, InvalidHashError):
                return False
        return same and seal is not None and beak is not None

    def _peppered(self, beak: BeakShape) -> bytes:
        return keyed(self._pepper, beak.outline)
