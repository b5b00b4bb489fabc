"""Shaping: sliders in, a picture or a beak out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth_service.beaks import BeakShape, draw
from auth_service.beaks.genes import GENES
from auth_service.sign_in.shaping import STARTING_GENES, beak_in, genes_in, wants_redraw
from auth_service.tests.pages.aviary import SIGN_IN, showing

EXAMPLE = BeakShape.read("BEAK-F5DH-S01N-PK5K-VB4N9")
SLIDERS = {f"gene-{gene.name}": str(step) for gene, step in zip(GENES, EXAMPLE.genes, strict=True)}


def test_the_sliders_spell_a_beak() -> None:
    assert genes_in(SLIDERS) == EXAMPLE.genes
    assert beak_in(SLIDERS) == str(EXAMPLE)


@given(st.lists(st.integers(0, 31), min_size=16, max_size=16))
def test_every_beak_can_be_shaped(genes: list[int]) -> None:
    sliders = {f"gene-{gene.name}": str(step) for gene, step in zip(GENES, genes, strict=True)}
    assert BeakShape.read(beak_in(sliders)) == BeakShape.from_genes(genes)


def test_what_was_typed_goes_before_the_sliders() -> None:
    assert beak_in(SLIDERS | {"beak_shape": "typed"}) == "typed"
    assert beak_in({"beak_shape": ""}) == ""
    assert beak_in({}) == ""


@pytest.mark.parametrize("nonsense", ["", "-1", "1.5", "0x1", "٣", "²", "999", "1" * 100_000, None, b"3"])
def test_a_slider_that_says_nonsense_stands_where_it_began(nonsense: object) -> None:
    assert genes_in(SLIDERS | {"gene-hue": nonsense})[0] == STARTING_GENES[0]


def test_a_slider_can_not_be_pushed_beyond_its_end() -> None:
    assert genes_in({"gene-length": "99"})[4] == 31


def test_an_empty_form_is_the_beak_to_begin_with() -> None:
    assert genes_in({}) == STARTING_GENES
    assert BeakShape.from_genes(STARTING_GENES)


def test_redraw_is_not_signing_in() -> None:
    assert wants_redraw(SLIDERS | {"redraw": "yes"})
    assert not wants_redraw(SLIDERS)


def test_the_picture_is_the_block_of_the_page_and_nothing_else() -> None:
    answer = showing("sign_in.html", SIGN_IN).post("/beak-picture", data=SLIDERS)
    assert answer.text == f'<div id="beak-picture">{draw(EXAMPLE.genes)}</div>'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_picture_and_the_page_agree() -> None:
    client = showing("sign_in.html", SIGN_IN | {"genes": list(EXAMPLE.genes)})
    assert client.post("/beak-picture", data=SLIDERS).text in client.get("/").text


def test_a_picture_of_nothing_is_the_beak_to_begin_with() -> None:
    answer = showing("sign_in.html", SIGN_IN).post("/beak-picture", content=b"\xff\xfe")
    assert draw(STARTING_GENES) in answer.text


def test_the_picture_hides_the_beak_it_is_of() -> None:
    answer = showing("sign_in.html", SIGN_IN).post("/beak-picture", data=SLIDERS)
    assert EXAMPLE.outline not in answer.text
    assert str(EXAMPLE) not in answer.text


def test_a_picture_is_never_fetched_by_an_address() -> None:
    assert showing("sign_in.html", SIGN_IN).get("/beak-picture").status_code == 405
