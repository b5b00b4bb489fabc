"""Light and dark."""

import pytest

from frontend.tests.browser import Browser, path_of


def test_dark_stays_dark_until_chosen_otherwise(browser: Browser) -> None:
    browser.sign_in()
    assert "data-theme" not in browser.open("/").one("html").attributes
    answer = browser.post("/appearance", {"theme": "dark", "next": "/tasks?show=all"})
    assert path_of(answer) == "/tasks?show=all"
    assert browser.open("/").one("html").attributes["data-theme"] == "dark"
    browser.post("/appearance", {"theme": "system", "next": "/"})
    assert "data-theme" not in browser.open("/").one("html").attributes


@pytest.mark.parametrize("theme", ["neon", '"><script>', ""])
def test_a_made_up_theme_is_none(browser: Browser, theme: str) -> None:
    browser.sign_in()
    browser.http.cookies.set("theme", theme.replace('"', ""))
    assert "data-theme" not in browser.open("/").one("html").attributes


def test_choosing_leads_nowhere_else(browser: Browser) -> None:
    assert path_of(browser.post("/appearance", {"theme": "dark", "next": "//evil.example"})) == "/"
