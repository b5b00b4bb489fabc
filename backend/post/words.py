"""A letter's words in a person's language: templates with translations, days and money as they are written there."""

import gettext
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backend.settings import LANGUAGES

LOCALES = dict(zip(LANGUAGES, ("en_US", "ru_RU"), strict=True))


def language_of(locale: str | None, default: str) -> str:
    """Of a BCP 47 tag such as ru-RU, if we write that language; else the house's own."""
    wanted = (locale or "").replace("_", "-").split("-")[0].lower()
    return wanted if wanted in LOCALES else default


@dataclass(frozen=True)
class Words:
    language: str
    environment: Environment
    translations: gettext.NullTranslations

    def __call__(self, text: str, **values: str) -> str:
        return self.translations.gettext(text) % values

    def several(self, one: str, many: str, count: int) -> str:
        return self.translations.ngettext(one, many, count) % {"count": count}

    def render(self, template: str, values: dict[str, Any]) -> str:
        return self.environment.get_template(template).render(values, language=self.language)

    def money(self, cents: int) -> str:
        return format_currency(Decimal(cents) / 100, "USD", locale=LOCALES[self.language])

    def day(self, day: date, length: str = "long") -> str:
        return format_date(day, cast(Any, length), locale=LOCALES[self.language])


@cache
def words_in(language: str, folder: Path) -> Words:
    """`folder` holds the templates, and languages/xx.po beside them."""
    translations = read_translations(folder / "languages" / f"{language}.po")
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    cast(Any, environment).install_gettext_translations(translations, newstyle=True)
    return Words(language, environment, translations)


def read_translations(file: Path) -> gettext.NullTranslations:
    """English is what the templates themselves are written in."""
    if not file.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(file.read_bytes())))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
