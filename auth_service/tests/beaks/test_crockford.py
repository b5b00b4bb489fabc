"""The alphabet of genes and its check letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth_service.beaks import crockford

LETTERS = st.text(crockford.ALPHABET, min_size=1, max_size=40)


def test_the_alphabet_leaves_out_the_letters_that_look_alike_and_u() -> None:
    assert set("ILOU").isdisjoint(crockford.ALPHABET)
    assert len(set(crockford.ALPHABET)) == 32


@given(LETTERS)
def test_letters_and_numbers_are_two_spellings_of_the_same(letters: str) -> None:
    assert crockford.write(crockford.values(letters)) == letters


@pytest.mark.parametrize("letter", ["O", "a", " ", "É", "٣"])
def test_anything_else_is_no_letter(letter: str) -> None:
    with pytest.raises(KeyError):
        crockford.values(letter)


def test_doubling_loses_nothing() -> None:
    assert sorted(crockford.doubled(value) for value in range(32)) == list(range(32))


def test_the_example_of_the_design_ends_in_its_check_letter() -> None:
    assert crockford.check_letter("F5DHS01NPK5KVB4N") == "9"


@given(LETTERS, st.data())
def test_a_single_wrong_letter_changes_the_check_letter(letters: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(letters) - 1))
    wrong = data.draw(st.sampled_from([letter for letter in crockford.ALPHABET if letter != letters[place]]))
    altered = letters[:place] + wrong + letters[place + 1 :]
    assert crockford.check_letter(altered) != crockford.check_letter(letters)


@given(LETTERS, st.data())
def test_swapped_neighbours_change_the_check_letter_unless_they_are_its_only_blind_spot(
    letters: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(letters) - 1))
    pair = letters[place : place + 2]
    altered = letters[:place] + pair[::-1] + letters[place + 2 :]
    if len(set(pair)) == 2 and set(pair) != {"0", "Z"}:  # Luhn, mod any base, takes first and last digit for equal
        assert crockford.check_letter(altered) != crockford.check_letter(letters)
