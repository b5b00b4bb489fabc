"""Hatching draws every gene by chance."""

import secrets
from collections import Counter
from random import Random

from auth_service.beaks import BeakShape, crockford, hatch, random_plumage


def test_a_plumage_is_four_letters() -> None:
    plumage = random_plumage(Random(1))
    assert len(plumage) == 4
    assert set(plumage) <= set(crockford.ALPHABET)


def test_a_hatched_beak_keeps_the_plumage_and_can_be_read_back() -> None:
    shape = hatch("F5DH", Random(1))
    assert shape.plumage == "F5DH"
    assert BeakShape.read(str(shape)) == shape


def test_the_same_dice_hatch_the_same_beak() -> None:
    assert hatch("F5DH", Random(7)) == hatch("F5DH", Random(7)) != hatch("F5DH", Random(8))


def test_the_chance_of_the_operating_system_will_do() -> None:
    dice = secrets.SystemRandom()
    assert hatch("F5DH", dice) != hatch("F5DH", dice)


def test_every_step_of_every_gene_is_as_likely() -> None:
    dice = Random(2026)
    beaks = [hatch(random_plumage(dice), dice).genes for _ in range(3200)]
    for gene in range(16):
        seen = Counter(beak[gene] for beak in beaks)
        chi_square = sum((seen[step] - 100) ** 2 / 100 for step in range(32))
        assert chi_square < 75  # 31 degrees of freedom: p < 0.00002
