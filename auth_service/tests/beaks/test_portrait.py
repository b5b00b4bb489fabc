"""Portraits: parrots, from public genes only."""

import inspect
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth_service.beaks import crockford, portrait
from auth_service.beaks.portrait import CRESTS, MARKS
from auth_service.tests.beaks.svg import assert_is_a_harmless_picture, title, without_title

PLUMAGES = st.text(crockford.ALPHABET, min_size=4, max_size=4)
SEEDS = st.binary(min_size=5, max_size=64)

# A change to the drawing is meant when it is looked at: render a sheet of them before these are renewed.
GOLDEN = {
    ("F5DH", bytes(32)): "9103079a285f1c4e",
    ("F5DH", bytes(range(32))): "08bea2e08a96d1f3",
    ("0000", b"\xff" * 32): "9bd5e1f17618e529",
    ("ZZZZ", b"parrot" * 5): "8e4d0c3750d7ff9f",
    ("BEAK", b"\x02\x80\x01\x40\x04" + bytes(27)): "68c643d24cbed74c",
}


@pytest.mark.parametrize(("plumage", "seed"), GOLDEN)
def test_a_portrait_once_drawn_stays_as_it_is(plumage: str, seed: bytes) -> None:
    assert sha256(portrait(plumage, seed).encode()).hexdigest()[:16] == GOLDEN[plumage, seed]


@given(PLUMAGES, SEEDS)
def test_every_portrait_is_a_harmless_picture(plumage: str, seed: bytes) -> None:
    svg = portrait(plumage, seed)
    assert_is_a_harmless_picture(svg)
    assert title(svg) == f"A parrot of plumage {plumage}"
    assert portrait(plumage, seed) == svg


@given(PLUMAGES, PLUMAGES, SEEDS)
def test_different_plumages_are_different_pictures(one: str, other: str, seed: bytes) -> None:
    alike = without_title(portrait(one, seed)) == without_title(portrait(other, seed))
    assert alike == (one == other)


@pytest.mark.parametrize("place", range(4))
def test_every_step_of_every_gene_of_plumage_can_be_told_from_every_other(place: int) -> None:
    plumages = ["F5DH"[:place] + letter + "F5DH"[place + 1 :] for letter in crockford.ALPHABET]
    assert len({without_title(portrait(plumage, bytes(32))) for plumage in plumages}) == 32


@pytest.mark.parametrize("place", range(5))
def test_every_whim_of_the_seed_shows(place: int) -> None:
    seeds = [bytes(place) + bytes([value]) + bytes(31 - place) for value in range(256)]
    assert len({portrait("F5DH", seed) for seed in seeds}) > 1


def test_the_seed_leaves_the_colours_of_the_feathers_alone() -> None:
    grounds = {portrait("F5DH", bytes([value] * 32)).split('fill="')[1][:7] for value in range(256)}
    assert len(grounds) == 1


def test_the_outline_can_not_reach_a_portrait() -> None:
    assert list(inspect.signature(portrait).parameters) == ["plumage", "seed"]


def test_a_seed_too_short_is_a_mistake_of_ours() -> None:
    with pytest.raises(IndexError):
        portrait("F5DH", b"abcd")


def test_neighbours_among_crests_and_marks_differ() -> None:
    for kinds in (CRESTS, MARKS):
        assert all(one != other for one, other in pairwise(kinds))
        assert len(set(kinds)) == len(kinds)
