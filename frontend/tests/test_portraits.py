"""Portraits through our own origin."""

from frontend.portraits import AT_MOST, Portraits
from frontend.tests.browser import Browser
from frontend.tests.cast import ANN
from frontend.tests.conftest import Frontends
from frontend.tests.fake_provider import FakeProvider


def test_a_portrait_is_a_picture_and_nothing_else(browser: Browser) -> None:
    answer = browser.get(f"/portraits/{ANN.id}.svg?v=3")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.text.startswith("<svg")


def test_a_portrait_is_fetched_once(browser: Browser, provider: FakeProvider) -> None:
    browser.get(f"/portraits/{ANN.id}.svg?v=77")
    provider.fails_with = 503
    assert "immutable" in browser.get(f"/portraits/{ANN.id}.svg?v=77").headers["Cache-Control"]


def test_a_silhouette_stands_in_while_the_provider_is_away(browser: Browser, provider: FakeProvider) -> None:
    provider.fails_with = 503
    answer = browser.get(f"/portraits/{ANN.id}.svg?v=78")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_silhouette_stands_in_for_somebody_unknown(browser: Browser) -> None:
    answer = browser.get("/portraits/01900000-0000-7000-8000-00000000dead.svg?v=1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "image/svg+xml")
    assert "immutable" not in answer.headers["Cache-Control"]
    assert answer.text.startswith("<svg")


def test_nobody_has_no_portrait(browser: Browser) -> None:
    for name in ("01900000-0000-7000-8000-00000000dead", "..%2F..%2Fjwks", "x", "a" * 500):
        assert browser.get(f"/portraits/{name}.svg").status_code == 404


def test_a_provider_that_is_gone_breaks_no_picture(another_frontend: Frontends, nobody_there: str) -> None:
    with another_frontend(issuer=nobody_there, auth_service_url="") as url, Browser(url) as browser:
        assert browser.get(f"/portraits/{ANN.id}.svg?v=3").status_code == 200


def test_only_so_many_are_kept() -> None:
    portraits = Portraits()
    for number in range(AT_MOST + 5):
        portraits.keep((str(number), "1"), b"<svg/>")
    assert portraits.find(("0", "1")) is None
    assert portraits.find((str(AT_MOST + 4), "1")) == b"<svg/>"
