"""Hatching: a new beak, drawn by chance. Nobody chooses a shape, so "already taken" can tell nothing."""

from random import Random

from auth_service.beaks import crockford
from auth_service.beaks.shape import OUTLINE_GENES, PLUMAGE_GENES, BeakShape


def random_plumage(rng: Random) -> str:
    """Whether it is still free is for the caller to find out."""
    return random_genes(PLUMAGE_GENES, rng)


def hatch(plumage: str, rng: Random) -> BeakShape:
    """A new secret outline for this plumage. `rng` is `secrets.SystemRandom()` wherever the beak is real."""
    return BeakShape.of(plumage=plumage, outline=random_genes(OUTLINE_GENES, rng))


def random_genes(count: int, rng: Random) -> str:
    return crockford.write([rng.randrange(crockford.STEPS) for _ in range(count)])
