"""What somebody wants done, before it is a task: the rules for words, the same for a form and for a row of a file."""

import re
import unicodedata
from dataclasses import dataclass

from backend.errors import InvalidInput

LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 20_000
LONGEST_KEY = 40

KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[0-9]+")
PASTED = re.compile(rf"\s*\[\s*({KEY.pattern})\s*\]\s*[-–—:]?\s*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Draft:
    """Words that may become a task; `of` raises InvalidInput and says which part does not fit."""

    title: str
    description: str = ""
    key: str | None = None

    @classmethod
    def of(cls, title: str, description: str = "", key: str | None = None) -> "Draft":
        key = read_key(key or "")
        if pasted := PASTED.fullmatch(title):
            if key and key != pasted[1]:
                raise InvalidInput(f"The title names {pasted[1]}, but the key is {key}.", field="key")
            key, title = pasted[1], pasted[2]
        return cls(read_title(title), read_description(description), key)


def read_title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise InvalidInput("A task needs a title.", field="title")
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(f"A title has at most {LONGEST_TITLE} characters; this has {len(title)}.", field="title")
    if "[" in title or "]" in title:
        raise InvalidInput("A title has no square brackets. A tracker key goes into a field of its own.", field="title")
    require_printable(title, field="title")
    return title


def read_description(text: str) -> str:
    description = text.replace("\r\n", "\n").strip()
    if len(description) > LONGEST_DESCRIPTION:
        raise InvalidInput(f"A description has at most {LONGEST_DESCRIPTION} characters.", field="description")
    require_printable(description.replace("\n", "").replace("\t", ""), field="description")
    return description


def read_key(text: str) -> str | None:
    key = text.strip()
    if not key:
        return None
    if len(key) > LONGEST_KEY or re.search(r"[\s\[\]]", key):
        raise InvalidInput(f"A key is one word of at most {LONGEST_KEY} characters, such as POPUG-42.", field="key")
    require_printable(key, field="key")
    return key


def require_printable(text: str, *, field: str) -> None:
    """No control characters, and no halves of a character, which no database would take."""
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise InvalidInput(f"The {field} has characters that can not be shown.", field=field)
