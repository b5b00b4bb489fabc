"""Reading and writing a beak shape."""

from dataclasses import FrozenInstanceError
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auth_service.beaks import BeakShape, MalformedBeakShape, crockford
from auth_service.beaks.shape import LONGEST_INPUT

EXAMPLE = "BEAK-F5DH-S01N-PK5K-VB4N9"
GENES = st.lists(st.integers(0, 31), min_size=16, max_size=16)
SHAPES = GENES.map(BeakShape.from_genes)


def test_the_example_of_the_design_reads_as_plumage_and_outline() -> None:
    shape = BeakShape.read(EXAMPLE)
    assert (shape.plumage, shape.outline) == ("F5DH", "S01NPK5KVB4N")
    assert shape.genes == (15, 5, 13, 17, 25, 0, 1, 21, 22, 19, 5, 19, 27, 11, 4, 21)
    assert str(shape) == EXAMPLE


@given(SHAPES)
def test_what_is_written_can_be_read(shape: BeakShape) -> None:
    assert BeakShape.read(str(shape)) == shape
    assert BeakShape.from_genes(shape.genes) == shape
    assert BeakShape.of(plumage=shape.plumage, outline=shape.outline) == shape


@given(SHAPES, st.data())
def test_spelling_does_not_matter(shape: BeakShape, data: st.DataObject) -> None:
    prefix = data.draw(st.sampled_from(["BEAK-", "beak ", "Beak", "", " "]))
    alikes = {"0": "0Oo", "1": "1IiLl"}
    letters = str(shape).removeprefix("BEAK-").replace("-", "")
    spelled = [data.draw(st.sampled_from(alikes.get(letter, letter + letter.lower()))) for letter in letters]
    gaps = [data.draw(st.sampled_from(["", "-", " ", "–", "\N{NO-BREAK SPACE}"])) for _ in letters]
    assert BeakShape.read(prefix + "".join(map("".join, zip(spelled, gaps, strict=True)))) == shape


@pytest.mark.parametrize(
    "text",
    [
        "F5DHS01NPK5KVB4N9",
        "beakf5dhs01npk5kvb4n9",
        "  BEAK F5DH SOLN PK5K VB4N9\n",
        "beak—f5dh—soin—pk5k—vb4n9",
        "B-E-A-K-F-5-D-H-S-0-1-N-P-K-5-K-V-B-4-N-9",
        "BEAK\N{NON-BREAKING HYPHEN}F5DH\N{MINUS SIGN}S01N\N{EM SPACE}PK5K\tVB4N9",
    ],
)
def test_it_forgives_the_way_people_type(text: str) -> None:
    assert str(BeakShape.read(text)) == EXAMPLE


def test_a_plumage_that_reads_beak_is_not_taken_for_the_prefix() -> None:
    shape = BeakShape.of(plumage="BEAK", outline="BEAKBEAKBEAK")
    bare = str(shape).removeprefix("BEAK-")
    assert BeakShape.read(bare) == BeakShape.read(str(shape)) == shape


@given(SHAPES, st.data())
def test_a_single_wrong_character_is_always_detected(shape: BeakShape, data: st.DataObject) -> None:
    letters = list(str(shape).removeprefix("BEAK-").replace("-", ""))
    place = data.draw(st.integers(0, len(letters) - 1))
    letters[place] = data.draw(st.sampled_from([letter for letter in crockford.ALPHABET if letter != letters[place]]))
    with pytest.raises(MalformedBeakShape):
        BeakShape.read("BEAK-" + "".join(letters))


def test_every_single_wrong_character_at_every_place_is_detected() -> None:
    letters = EXAMPLE.removeprefix("BEAK-").replace("-", "")
    for place, right in enumerate(letters):
        for wrong in set(crockford.ALPHABET) - {right}:
            with pytest.raises(MalformedBeakShape):
                BeakShape.read(letters[:place] + wrong + letters[place + 1 :])


def test_neighbours_that_changed_places_are_detected_but_for_one_pair() -> None:
    """Luhn's known gap: the first and the last letter of the alphabet beside each other."""
    first, last = crockford.ALPHABET[0], crockford.ALPHABET[-1]
    letters = EXAMPLE.removeprefix("BEAK-").replace("-", "")
    for place, (one, other) in enumerate(pairwise(letters)):
        if one == other or {one, other} == {first, last}:
            continue
        with pytest.raises(MalformedBeakShape):
            BeakShape.read(letters[:place] + other + one + letters[place + 2 :])


@given(SHAPES, st.data())
def test_a_lost_or_doubled_character_is_always_detected(shape: BeakShape, data: st.DataObject) -> None:
    letters = str(shape).replace("-", "")
    place = data.draw(st.integers(0, len(letters) - 1))
    for altered in (letters[:place] + letters[place + 1 :], letters[: place + 1] + letters[place:]):
        with pytest.raises(MalformedBeakShape):
            BeakShape.read(altered)


@given(st.text(max_size=2 * LONGEST_INPUT))
@example("")
@example("BEAK")
@example("BEAK-F5DH-S01N-PK5K-VB4NU")
@example("F5DHS01NPK5KVB4N9\0")
@example("BEAK-F5DH-S01N-PK5K-VB4N\N{FULLWIDTH DIGIT NINE}")
@example("BEAK-F5DH-S01N-PK5K-VB4N\N{MATHEMATICAL BOLD DIGIT NINE}")
@example("BEAK-F5DH-S0\N{LATIN SMALL LETTER DOTLESS I}N-PK5K-VB4N9")
@example("BEAK-F5DH-\N{LATIN SMALL LETTER LONG S}01N-PK5K-VB4N9")
@example("BEAK-F5DH-S01N-P\N{KELVIN SIGN}5K-VB4N9")
@example("BEAK-F5DH-S01N-PK5K-V\N{CYRILLIC CAPITAL LETTER VE}4N9")
@example("BEAK-F5DH-S01N-PK5K-VB4N9\N{ZERO WIDTH SPACE}")
@example("\N{RIGHT-TO-LEFT OVERRIDE}BEAK-F5DH-S01N-PK5K-VB4N9")
@example("BEAK_F5DH_S01N_PK5K_VB4N9")
@example("BEAK-BEAK-F5DH-S01N-PK5K-VB4N9")
def test_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(MalformedBeakShape) as refusal:
        BeakShape.read(text)
    assert str(refusal.value) == "This is not a beak shape."


@pytest.mark.parametrize("padding", ["-", " ", "0"])
def test_long_input_is_refused_before_it_is_looked_at(padding: str) -> None:
    with pytest.raises(MalformedBeakShape):
        BeakShape.read(EXAMPLE + padding * 10_000_000)


def test_generous_padding_is_still_read() -> None:
    assert str(BeakShape.read(EXAMPLE.ljust(LONGEST_INPUT))) == EXAMPLE


@given(SHAPES)
def test_repr_hides_the_outline(shape: BeakShape) -> None:
    assert repr(shape) == f"BeakShape(plumage='{shape.plumage}')"
    assert shape.outline not in repr({"shape": shape})


def test_a_refusal_does_not_repeat_what_was_typed() -> None:
    with pytest.raises(MalformedBeakShape) as refusal:
        BeakShape.read("BEAK-F5DH-S01N-PK5K-VB4N8")
    assert refusal.value.args == ("This is not a beak shape.",)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("plumage", "outline"),
    [("", ""), ("F5D", "S01NPK5KVB4N"), ("F5DH", "S01NPK5KVB4N9"), ("f5dh", "S01NPK5KVB4N"), ("F5DO", "S01NPK5KVB4N")],
)
def test_stored_letters_must_be_canonical(plumage: str, outline: str) -> None:
    with pytest.raises(MalformedBeakShape):
        BeakShape.of(plumage=plumage, outline=outline)


@pytest.mark.parametrize("genes", [[], [0] * 15, [0] * 17, [32] + [0] * 15, [-1] + [0] * 15])
def test_genes_must_be_sixteen_of_32_steps(genes: list[int]) -> None:
    with pytest.raises(MalformedBeakShape):
        BeakShape.from_genes(genes)


def test_a_shape_is_a_value() -> None:
    shape = BeakShape.read(EXAMPLE)
    assert len({shape, BeakShape.read(EXAMPLE.lower())}) == 1
    for part in ("plumage", "outline"):
        with pytest.raises(FrozenInstanceError):
            setattr(shape, part, "0000")
