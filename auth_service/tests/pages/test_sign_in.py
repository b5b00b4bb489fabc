"""The sign-in page, read by its fields and buttons."""

import re

import pytest
from jinja2 import UndefinedError

from auth_service.beaks.genes import GENES
from auth_service.tests.pages.aviary import ANN, BOSS, HIDDEN, SIGN_IN, html_of, showing
from auth_service.tests.pages.reading import Page


def test_there_is_one_field_and_one_button_to_sign_in_with() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN | {"demo_people": [ANN, BOSS]}))
    assert page.words["h1"] == ["Sign in to Nest Planner"]
    assert page.words["label"].count("Beak shape") == 1
    assert page.words["button"].count("Sign in") == 1
    assert sum("beak shape" in words.lower() for words in page.words["label"] + page.words["button"]) == 1


def test_password_managers_find_what_they_look_for() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN))
    field = page.one("input", name="beak_shape")
    assert (field["type"], field["autocomplete"], field["spellcheck"]) == ("password", "current-password", "false")
    assert page.one("label", **{"for": field["id"]})
    companion = page.one("input", name="username")
    assert (companion["autocomplete"], companion["tabindex"], companion["aria-hidden"]) == ("username", "-1", "true")


def test_the_show_button_waits_for_its_script() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN))
    assert "hidden" in page.one("button", type="button")


def test_hidden_fields_travel_through_every_form() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN | {"demo_people": [ANN, BOSS]}))
    assert len(page.all("form", method="post", action="/authorize")) == 4
    for name, value in HIDDEN.items():
        assert len(page.all("input", type="hidden", name=name, value=value)) == 4


def test_a_wrong_beak_is_refused_beside_the_field_and_never_repeated() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN | {"error": "We do not know this beak."}))
    assert page.one("div", role="alert")
    field = page.one("input", name="beak_shape")
    assert field["aria-invalid"] == "true"
    assert "value" not in field


def test_a_page_without_error_raises_no_alarm() -> None:
    assert not Page(html_of("sign_in.html", SIGN_IN)).all("div", role="alert")


def test_sixteen_sliders_say_their_step_in_words() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN))
    sliders = page.all("input", type="range")
    assert [slider["name"] for slider in sliders] == [f"gene-{gene.name}" for gene in GENES]
    for gene, step, slider in zip(GENES, SIGN_IN["genes"], sliders, strict=True):
        assert (slider["value"], slider["aria-valuetext"]) == (str(step), gene.word(step))
        assert slider["data-words"].split("|") == list(gene.words)
        assert page.one("label", **{"for": slider["id"]})
    assert len(page.words["legend"]) == len(page.all("fieldset")) == 4


def test_shaping_is_folded_away_until_asked_for() -> None:
    assert "open" not in Page(html_of("sign_in.html", SIGN_IN)).one("details")
    assert "open" in Page(html_of("sign_in.html", SIGN_IN | {"shaping": True})).one("details")


def test_the_demo_cast_signs_in_by_one_press() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN | {"demo_people": [ANN, BOSS]}))
    assert "Ann Ara worker" in page.words["button"]
    assert "Bo & Co admin" in page.words["button"]
    assert page.one("input", type="hidden", name="beak_shape", value="BEAK-BOSS")
    assert page.one("img", src="/people/1/portrait.svg")["alt"] == ""


def test_there_is_no_cast_where_there_is_no_demo() -> None:
    assert "demo" not in html_of("sign_in.html", SIGN_IN)


def test_what_others_wrote_is_never_taken_for_markup() -> None:
    evil = "<script>alert(1)</script>"
    person = type(ANN)(name=evil, role=evil, picture='"><b>', beak_shape='"><b>')
    html = html_of("sign_in.html", SIGN_IN | {"product_name": evil, "error": evil, "demo_people": [person]})
    assert "<script>" not in html
    assert "<b>" not in html


def test_nothing_on_the_page_offends_its_policy() -> None:
    html = html_of("sign_in.html", SIGN_IN | {"demo_people": [ANN], "error": "No.", "shaping": True})
    assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:|js:", html)
    assert all(script["src"].startswith("/static/") for script in Page(html).all("script"))


def test_styles_and_scripts_are_named_by_what_is_in_them() -> None:
    page = Page(html_of("sign_in.html", SIGN_IN))
    for link in page.all("link", rel="stylesheet"):
        assert re.fullmatch(r"/static/(app|sign_in)\.css\?v=[0-9a-f]{12}", link["href"])


def test_a_forgotten_value_is_a_mistake_and_not_an_empty_place() -> None:
    incomplete = {name: value for name, value in SIGN_IN.items() if name != "action"}
    with pytest.raises(UndefinedError):
        showing("sign_in.html", incomplete).get("/")
