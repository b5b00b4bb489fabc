"""The drawing follows each gene, and never leaves its frame."""

from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auth_service.beaks import BeakShape, draw
from auth_service.beaks.drawing import Profile
from auth_service.beaks.genes import GENES
from auth_service.tests.beaks.svg import assert_is_a_harmless_picture, title, without_title

ALL_GENES = st.lists(st.integers(0, 31), min_size=16, max_size=16)
EXAMPLE = BeakShape.read("BEAK-F5DH-S01N-PK5K-VB4N9")

GOLDEN = {
    (16,) * 16: "e1dfc14bd55efc2d",
    (0,) * 16: "f48a26df6e76b8b3",
    (31,) * 16: "0aeab0eecb51bf19",
    EXAMPLE.genes: "aae7eb351c118b9a",
}


@pytest.mark.parametrize("genes", GOLDEN)
def test_a_drawing_stays_as_it_was_when_looked_at(genes: tuple[int, ...]) -> None:
    assert sha256(draw(genes).encode()).hexdigest()[:16] == GOLDEN[genes]


@given(ALL_GENES)
def test_every_drawing_is_a_harmless_picture(genes: list[int]) -> None:
    assert_is_a_harmless_picture(draw(genes))
    assert draw(genes) == draw(tuple(genes))


@pytest.mark.parametrize("place", range(16))
def test_each_gene_changes_the_line_or_the_colour_it_stands_for(place: int) -> None:
    drawings = {without_title(draw([*[16] * place, step, *[16] * (15 - place)])) for step in range(32)}
    assert len(drawings) == 32


@given(ALL_GENES)
@example([31] * 16)
@example([0] * 16)
@example([31, 0] * 8)
def test_the_beak_stays_inside_the_picture(genes: list[int]) -> None:
    profile = Profile.of(genes[4:])
    tip_x, tip_y = profile.tip
    assert 10 < profile.top < profile.mouth < tip_y < 220
    assert 150 < tip_x < 310
    assert profile.front < 300


@given(ALL_GENES)
def test_the_hook_hangs_in_front_of_the_mouth(genes: list[int]) -> None:
    profile = Profile.of(genes[4:])
    assert profile.hollow < profile.tip[0]


def test_the_drawing_says_in_words_what_it_shows() -> None:
    assert title(draw(EXAMPLE.genes)) == (
        "A parrot with teal feathers; its beak is long, slender and strongly hooked, its mouth wide open"
    )


def test_there_are_as_many_ranges_as_genes_of_outline() -> None:
    with pytest.raises(ValueError, match="zip"):
        Profile.of([0] * (len(GENES) - 3))
