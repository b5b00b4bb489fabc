"""Consent, sign-out and errors: pages that ask or tell one thing."""

from types import SimpleNamespace
from typing import Any

import pytest

from auth_service.tests.pages.aviary import ANN, HIDDEN, html_of
from auth_service.tests.pages.reading import Page

CONSENT: dict[str, Any] = {
    "product_name": "Nest Planner",
    "product_uri": "https://nests.example",
    "person": ANN,
    "scopes": [("profile", "Your name and portrait"), ("email", "Your mail address")],
    "action": "/consent",
    "hidden": HIDDEN,
}
SIGN_OUT: dict[str, Any] = {"product_name": "Nest Planner", "action": "/sign-out", "hidden": HIDDEN}
ERROR: dict[str, Any] = {
    "product_name": None,
    "title": "Unknown product",
    "detail": "Nobody registered the product that sent you here.",
    "correlation_id": "0f3bd5b2c3d64c1d",
}


@pytest.mark.parametrize(
    ("template", "context", "decisions"),
    [
        ("consent.html", CONSENT, {"Allow": "allow", "Cancel": "cancel"}),
        ("sign_out.html", SIGN_OUT, {"Sign out": "sign-out", "Stay": "stay"}),
    ],
)
def test_a_decision_is_one_of_two_buttons(template: str, context: dict[str, Any], decisions: dict[str, str]) -> None:
    page = Page(html_of(template, context))
    values = [button["value"] for button in page.all("button", name="decision")]
    assert dict(zip(page.words["button"], values, strict=True)) == decisions
    assert page.one("form", method="post")["action"] == context["action"]
    assert page.one("input", type="hidden", name="state")["value"] == HIDDEN["state"]


def test_consent_says_who_asks_for_what_of_whom() -> None:
    html = html_of("consent.html", CONSENT)
    for said in ("Nest Planner", "Ann Ara", "Your name and portrait", "email", "https://nests.example"):
        assert said in html


def test_consent_needs_neither_portrait_nor_address() -> None:
    page = Page(html_of("consent.html", CONSENT | {"person": SimpleNamespace(name="Ann"), "product_uri": None}))
    assert [image["alt"] for image in page.all("img")] == [""]  # the mark of the house alone
    assert not page.all("a")


def test_signing_out_names_the_product_when_one_asked() -> None:
    assert "Nest Planner asks to sign you out" in html_of("sign_out.html", SIGN_OUT)
    assert "asks" not in html_of("sign_out.html", SIGN_OUT | {"product_name": None})


def test_after_signing_out_there_is_nothing_left_to_press() -> None:
    page = Page(html_of("signed_out.html", {}))
    assert page.words["h1"] == ["You are signed out"]
    assert not page.all("form")


def test_an_error_says_what_happened_and_how_to_ask_about_it() -> None:
    html = html_of("error.html", ERROR)
    assert Page(html).words["h1"] == ["Unknown product"]
    assert "Nobody registered the product" in html
    assert "0f3bd5b2c3d64c1d" in html
    assert "on the way to" not in html
    assert "on the way to Nest Planner" in html_of("error.html", ERROR | {"product_name": "Nest Planner"})


def test_an_error_shows_what_strangers_sent_as_plain_text() -> None:
    html = html_of("error.html", ERROR | {"detail": "<script>alert(1)</script>", "title": "<b>x</b>"})
    assert "<script" not in html
    assert "<b>" not in html
