"""Colours come out as every viewer knows them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth_service.beaks.colours import oklch


@pytest.mark.parametrize(
    ("lightness", "chroma", "hue", "expected"),
    [
        (1, 0, 0, "#ffffff"),
        (0, 0, 0, "#000000"),
        (0.62796, 0.25768, 29.234, "#ff0000"),
        (0.86644, 0.29483, 142.495, "#00ff00"),
        (0.45201, 0.31321, 264.052, "#0000ff"),
        (0.48, 0.10, 165, "#036f4f"),
    ],
)
def test_known_colours(lightness: float, chroma: float, hue: float, expected: str) -> None:
    assert oklch(lightness, chroma, hue) == expected


@given(st.floats(0, 1), st.floats(0, 0.4), st.floats(-720, 720))
def test_there_is_a_colour_for_every_wish(lightness: float, chroma: float, hue: float) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", oklch(lightness, chroma, hue))


def test_a_colour_too_strong_for_a_screen_keeps_its_hue() -> None:
    assert oklch(0.7, 0.37, 150) == oklch(0.7, 0.3, 150)
