"""A beak shape: 4 public genes of plumage that find the person, 12 secret genes of outline that prove it is them."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from auth_service.beaks import crockford

PREFIX = "BEAK"
PLUMAGE_GENES = 4
OUTLINE_GENES = 12
GENES = PLUMAGE_GENES + OUTLINE_GENES
LONGEST_INPUT = 128  # characters; leaves ample room for the spaces and dashes people add


class MalformedBeakShape(ValueError):
    """The text is no beak shape. It says neither where nor why, and never repeats the text."""

    def __init__(self) -> None:
        super().__init__("This is not a beak shape.")


@dataclass(frozen=True, slots=True)
class BeakShape:
    """Sixteen genes of 32 steps each. `str()` spells out the secret; `repr()` does not."""

    plumage: str
    outline: str = field(repr=False)

    def __post_init__(self) -> None:
        if not (is_canonical(self.plumage, PLUMAGE_GENES) and is_canonical(self.outline, OUTLINE_GENES)):
            raise MalformedBeakShape

    @classmethod
    def of(cls, *, plumage: str, outline: str) -> Self:
        """From canonical letters, as they are stored."""
        return cls(plumage=plumage, outline=outline)

    @classmethod
    def from_genes(cls, genes: Sequence[int]) -> Self:
        if len(genes) != GENES or not all(0 <= gene < crockford.STEPS for gene in genes):
            raise MalformedBeakShape
        letters = crockford.write(genes)
        return cls(plumage=letters[:PLUMAGE_GENES], outline=letters[PLUMAGE_GENES:])

    @classmethod
    def read(cls, text: str) -> Self:
        """From what a person typed: case, spaces, dashes and the prefix do not matter; O is 0, I and L are 1."""
        letters = without_prefix(canonical_letters(text))
        if len(letters) != GENES + 1 or crockford.check_letter(letters[:-1]) != letters[-1]:
            raise MalformedBeakShape
        return cls(plumage=letters[:PLUMAGE_GENES], outline=letters[PLUMAGE_GENES:-1])

    @property
    def genes(self) -> tuple[int, ...]:
        return crockford.values(self.plumage + self.outline)

    def __str__(self) -> str:
        letters = self.plumage + self.outline
        groups = (letters[:4], letters[4:8], letters[8:12], letters[12:] + crockford.check_letter(letters))
        return "-".join((PREFIX, *groups))


def canonical_letters(text: str) -> str:
    if len(text) > LONGEST_INPUT:
        raise MalformedBeakShape
    spellings = [crockford.SPELLINGS.get(character) for character in text if not is_separator(character)]
    if None in spellings:
        raise MalformedBeakShape
    return "".join(filter(None, spellings))


def without_prefix(letters: str) -> str:
    """The prefix is made of ordinary letters, so a plumage may read BEAK too: only the length tells which it is."""
    return letters.removeprefix(PREFIX) if len(letters) == len(PREFIX) + GENES + 1 else letters


def is_separator(character: str) -> bool:
    """Spaces, and every dash a text editor may have made of a hyphen."""
    return character.isspace() or character == "\N{MINUS SIGN}" or unicodedata.category(character) == "Pd"


def is_canonical(letters: str, length: int) -> bool:
    return len(letters) == length and all(letter in crockford.VALUES for letter in letters)
