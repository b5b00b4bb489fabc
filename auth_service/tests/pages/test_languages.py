"""Every sentence that people are shown is there in Russian, and the right language is chosen."""

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from authlib.oauth2.rfc6749 import InvalidRequestError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po
from fastapi.testclient import TestClient
from starlette.requests import Request

from auth_service.beaks.genes import GENES, GROUPS
from auth_service.languages.catalogue import NAMES, po_file, words_of
from auth_service.languages.choice import language_of
from auth_service.languages.sentence import Sentence, said
from auth_service.people.person import Role
from auth_service.products.scopes import SENTENCES
from auth_service.protocol import authorization_checks
from auth_service.settings import REPOSITORY
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import OWN_PAGE, Visitor

TEMPLATES = REPOSITORY / "templates"
IN_TEMPLATES = {"_": None, "gettext": None, "ngettext": (1, 2)}
IN_CODE = {"Sentence": None, "counted": (1, 2), "NewBeak": None}
Msgid = str | tuple[str, ...]


def templates_said() -> Iterator[Msgid]:
    options = {"silent": "false", "trimmed": "false"}
    files = [*(TEMPLATES / "auth_service").glob("*.html"), TEMPLATES / "controls.html"]
    for file in files:
        for _, msgid, _, _ in extract_from_file("jinja2", file, IN_TEMPLATES, options=options):
            yield msgid


def code_said() -> Iterator[Msgid]:
    for _, _, msgid, _, _ in extract_from_dir(
        REPOSITORY / "auth_service", [("tests/**", "ignore"), ("**.py", "python")], keywords=IN_CODE
    ):
        yield msgid


def values_said() -> Iterator[Msgid]:
    """What is looked up as it is: titles of refusals, words of genes, sentences of scopes, roles."""
    yield from titles()
    yield from (word for gene in GENES for word in (gene.label, *gene.words))
    yield from (group.label for group in GROUPS)
    yield from SENTENCES.values()
    yield from Role
    checks = Path(authorization_checks.__file__)
    yield from (found[1] for found in extract_from_file("python", checks, {InvalidRequestError.__name__: None}))


def titles() -> Iterator[str]:
    """Of every refusal, read from the source, for nothing imports all of it."""
    for file in (REPOSITORY / "auth_service").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef):
                yield from (titled for line in node.body if (titled := title_in(line)))


def title_in(line: ast.stmt) -> str | None:
    match line:
        case ast.Assign(targets=[ast.Name(id="title")], value=ast.Constant(value=str(title))):
            return title
    return None


def catalogue(language: str) -> Catalog:
    with po_file(TEMPLATES, language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def is_translated(message: Message | None, plurals: int) -> bool:
    if message is None or message.fuzzy:
        return False
    forms = forms_of(message.string)
    return all(forms) and len(forms) == (plurals if message.pluralizable else 1)


def forms_of(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [])


@pytest.mark.parametrize("language", set(NAMES) - {"en"})
def test_every_sentence_is_translated(language: str) -> None:
    words = catalogue(language)
    wanted = {*templates_said(), *code_said(), *values_said()}
    assert len(wanted) > 200
    missing = [msgid for msgid in wanted if not is_translated(words.get(msgid), words.num_plurals)]
    assert sorted(map(str, missing)) == []
    stale = {message.id for message in words if message.id} - wanted
    assert sorted(map(str, stale)) == []


@pytest.mark.parametrize("language", set(NAMES) - {"en"})
def test_translations_fill_in_the_same_parts(language: str) -> None:
    for message in catalogue(language):
        parts = set(re.findall(r"%\((\w+)\)s", " ".join(forms_of(message.id))))
        for string in forms_of(message.string):
            assert set(re.findall(r"%\((\w+)\)s", string)) == parts, message.id


def test_a_test_that_finds_a_forgotten_sentence_finds_it(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('{{ _("Nobody translated this") }}')
    found = [msgid for _, msgid, _, _ in extract_from_file("jinja2", page, IN_TEMPLATES)]
    assert found == ["Nobody translated this"]
    assert not is_translated(catalogue("ru").get(found[0]), 3)


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 секунду"), (2, "2 секунды"), (5, "5 секунд"), (21, "21 секунду"), (112, "112 секунд")]
)
def test_numbers_take_their_form(seconds: int, words: str) -> None:
    russian = words_of(TEMPLATES, "ru")
    pause = Sentence.counted("%(num)s second", "%(num)s seconds", seconds)
    assert pause == f"{seconds} second{'s' * (seconds != 1)}"
    assert said(pause, russian) == words
    whole = Sentence("There were too many wrong tries. Try again in %(pause)s.", pause=pause)
    assert words in said(whole, russian)
    assert said(whole, NullTranslations()) == str(whole)


def test_what_nobody_wrote_a_translation_for_stays_as_it_is() -> None:
    russian = words_of(TEMPLATES, "ru")
    assert said("", russian) == ""
    assert said("Ann Budgie", russian) == "Ann Budgie"
    assert "Sign in" in said(Sentence("%(person)s may not", person="Sign in"), russian)


@pytest.mark.parametrize(
    ("query", "cookie", "header", "language"),
    [
        ("", "", "", "en"),
        ("", "", "ru", "ru"),
        ("", "", "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("", "", "de, en;q=0.5, ru;q=0.8", "ru"),
        ("", "", "ru;q=0, en", "en"),
        ("", "", "de, fr", "en"),
        ("", "", "ru;q=banana, ;;,", "en"),
        ("", "en", "ru", "en"),
        ("", "ru", "en", "ru"),
        ("", "xx", "ru", "ru"),
        ("ui_locales=ru", "en", "en", "ru"),
        ("ui_locales=fr-CA+ru-RU+en", "", "", "ru"),
        ("ui_locales=fr", "ru", "en", "ru"),
    ],
)
def test_the_product_then_the_person_then_the_browser_choose(
    query: str, cookie: str, header: str, language: str
) -> None:
    headers = [(b"cookie", f"language={cookie}".encode()), (b"accept-language", header.encode())]
    assert language_of(Request({"type": "http", "query_string": query.encode(), "headers": headers})) == language


def test_the_language_asked_for_lasts_through_the_forms(visitor: Visitor, wiki: Product, ann: Member) -> None:
    page = visitor.opens(wiki, ui_locales="ru")
    assert '<html lang="ru">' in page.text
    assert page.headers["Content-Language"] == "ru"
    assert "Форма клюва" in page.text
    consent = visitor.signs_in(page, ann.beak)
    assert '<html lang="ru">' in consent.text
    assert "Разрешить" in consent.text
    assert "Видеть ваши имя, портрет и язык" in consent.text


def test_a_refusal_speaks_russian(client: TestClient, visitor: Visitor, shop: Product) -> None:
    wrong = visitor.signs_in(visitor.opens(shop, ui_locales="ru"), "not a beak")
    assert "Такой клюв нам не знаком" in wrong.text
    page = client.get("/authorize?client_id=nobody&ui_locales=ru", headers={"Accept": "text/html"})
    assert "Под этим client_id не зарегистрирован ни один продукт." in page.text
    lost = client.get("/nothing", headers={"Accept": "text/html", "Accept-Language": "ru"})
    assert "Здесь ничего нет" in lost.text


def test_a_program_reads_english_whatever_it_accepts(client: TestClient) -> None:
    refusal = client.post("/login", json={"beak_shape": "x"}, headers={"Accept-Language": "ru"}).json()
    assert refusal["detail"] == "This beak shape was not recognised. Check it and try again."


def test_the_switch_is_remembered_and_comes_back(client: TestClient, visitor: Visitor, shop: Product) -> None:
    page = visitor.opens(shop, ui_locales="en")
    back = re.findall(r'name="back" value="([^"]+)"', page.text)[0].replace("&amp;", "&")
    form = {"language": "ru", "back": back}
    answer = client.post("/language", data=form, headers=OWN_PAGE)
    assert answer.status_code == 303
    again = client.get(answer.headers["Location"])
    assert "Форма клюва" in again.text
    assert "language=ru" in answer.headers["Set-Cookie"]
    assert '<html lang="ru">' in client.get("/").text


def test_the_switch_asks_again_for_a_page_that_answered_a_form(
    client: TestClient, visitor: Visitor, shop: Product
) -> None:
    wrong = visitor.signs_in(visitor.opens(shop), "not a beak")
    back = re.findall(r'name="back" value="([^"]+)"', wrong.text)[0].replace("&amp;", "&")
    assert back.startswith("/authorize?")
    assert "not" not in back
    assert "Sign in to Perch Shop" in client.get(back).text


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example/", "evil", "/a\r\nb", ""])
def test_the_switch_leads_nowhere_else(client: TestClient, back: str) -> None:
    answer = client.post("/language", data={"language": "ru", "back": back}, headers=OWN_PAGE)
    assert answer.headers["Location"] == "/"


def test_the_switch_is_taken_from_our_own_page_only(client: TestClient) -> None:
    for headers in ({}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
        assert client.post("/language", data={"language": "ru"}, headers=headers).status_code == 403
