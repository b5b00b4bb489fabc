"""Crockford's base 32, the alphabet of genes, with a Luhn mod 32 check character."""

from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
STEPS = len(ALPHABET)
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}

# What a person may write for each letter: ASCII only, so that no look-alike of another script is taken for one of ours.
SPELLINGS = (
    {letter: letter for letter in ALPHABET}
    | {letter.lower(): letter for letter in ALPHABET}
    | {"O": "0", "o": "0", "I": "1", "i": "1", "L": "1", "l": "1"}
)


def write(values: Sequence[int]) -> str:
    return "".join(ALPHABET[value] for value in values)


def values(letters: str) -> tuple[int, ...]:
    """The numbers behind canonical letters. Raises KeyError for any other character."""
    return tuple(VALUES[letter] for letter in letters)


def check_letter(letters: str) -> str:
    """The letter to append. Any single wrong letter changes it, since doubling and adding the digits permutes 0..31."""
    total = sum(doubled(value) if place % 2 == 0 else value for place, value in enumerate(reversed(values(letters))))
    return ALPHABET[-total % STEPS]


def doubled(value: int) -> int:
    """Twice the value, its two base 32 digits added."""
    return sum(divmod(2 * value, STEPS))
