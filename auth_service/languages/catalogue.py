"""The words of each language, read from `templates/locale/*/LC_MESSAGES/messages.po` as translators write them."""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ENGLISH = "en"  # what the templates are written in
NAMES = {ENGLISH: "English", "ru": "Русский"}


@cache
def words_of(templates: Path, language: str) -> NullTranslations:
    """Read once in the life of a process."""
    if language == ENGLISH:
        return NullTranslations()
    with po_file(templates, language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def po_file(templates: Path, language: str) -> Path:
    return templates / "locale" / language / "LC_MESSAGES" / "messages.po"
