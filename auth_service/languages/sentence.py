"""A sentence for people, made where something happens and said in their language where it is shown.

To everything else it is its English text. `title` of a refusal and other fixed strings need no wrapping: they are
looked up as they are.
"""

from gettext import NullTranslations
from typing import Self


class Sentence(str):
    """`Sentence("%(name)s may not enter.", name=…)`; a part that is a Sentence itself is said in the same language."""

    __slots__ = ("msgid", "parts", "plural")

    msgid: str
    plural: str | None
    parts: dict[str, object]

    def __new__(cls, msgid: str, **parts: object) -> Self:
        return cls._made(msgid, None, msgid, parts)

    @classmethod
    def counted(cls, singular: str, plural: str, num: int, **parts: object) -> Self:
        """`num` chooses the form, and is a part itself."""
        return cls._made(singular, plural, singular if num == 1 else plural, parts | {"num": num})

    @classmethod
    def _made(cls, msgid: str, plural: str | None, english: str, parts: dict[str, object]) -> Self:
        self = super().__new__(cls, english % parts if parts else english)
        self.msgid, self.plural, self.parts = msgid, plural, parts
        return self

    def said_in(self, words: NullTranslations) -> str:
        found = (
            words.ngettext(self.msgid, self.plural, int(str(self.parts["num"])))
            if self.plural
            else words.gettext(self.msgid)
        )
        parts = {name: said(part, words) if isinstance(part, Sentence) else part for name, part in self.parts.items()}
        return found % parts if parts else found


def said(text: str, words: NullTranslations) -> str:
    """A sentence, or a fixed string that the catalogue knows; anything else stays as it is."""
    if isinstance(text, Sentence):
        return text.said_in(words)
    return words.gettext(text) if text else ""  # the empty msgid is the head of a catalogue
