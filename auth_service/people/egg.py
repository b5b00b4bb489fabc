"""An egg: a beak hatched and sealed before it is known whose it will be. Sealing takes long; no lock waits for it."""

from dataclasses import dataclass
from random import Random

from auth_service.beaks import BeakShape, hatch, random_plumage
from auth_service.proof import Proof


@dataclass(frozen=True, repr=False)
class Egg:
    beak: BeakShape
    seal: str  # of the outline alone, so that it holds whatever the plumage

    def with_plumage(self, plumage: str) -> BeakShape:
        return BeakShape.of(plumage=plumage, outline=self.beak.outline)


def lay(rng: Random, proof: Proof) -> Egg:
    """Outside of a transaction, wherever somebody could be waiting."""
    beak = hatch(random_plumage(rng), rng)
    return Egg(beak, proof.seal(beak))
