"""The doorstep, and our own sign-in."""

import pytest

from auth_service.tests.conftest import Member
from auth_service.tests.own_pages.conftest import Browser
from auth_service.tests.pages.reading import Page
from auth_service.tests.visitor import OWN_PAGE


def test_a_stranger_is_shown_the_way_in(browser: Browser) -> None:
    page = Page(browser.opens("/").text)
    assert page.words["h1"] == ["One beak opens every product"]
    assert page.one("a", href="/sign-in")
    assert page.words["title"] == ["Your sign-in · UberPopug"]


def test_whoever_is_signed_in_sees_who_they_are_and_where_to_go(ann_at_home: Browser) -> None:
    page = Page(ann_at_home.opens("/").text)
    assert page.words["h1"] == ["You are Ann Budgie"]
    ways = [link["href"] for link in page.all("a")]
    assert ways == ["http://127.0.0.1:8000", "/my/sessions", "/my/products", "/moulting", "/sign-out"]


@pytest.mark.parametrize("path", ["/my/sessions", "/my/products", "/moulting"])
def test_an_own_page_goes_through_sign_in_and_back(browser: Browser, ann: Member, path: str) -> None:
    away = browser.opens(path)
    assert (away.status_code, away.headers["Location"]) == (303, f"/sign-in?next={path.replace('/', '%2F')}")
    back = browser.signs_in(ann.beak, path)
    assert back.headers["Location"] == path
    assert browser.opens(path).status_code == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "/authorize?x=1", "/people", ""]
)
def test_our_own_sign_in_leads_to_own_pages_only(browser: Browser, ann: Member, wanted: str) -> None:
    sent = browser.sends("/session", beak_shape=ann.beak, next=wanted)
    assert sent.headers["Location"] == "/"
    assert browser.opens(f"/sign-in?next={wanted}").headers["Location"] == "/"


def test_a_wrong_beak_is_refused_and_the_way_is_kept(browser: Browser) -> None:
    page = browser.sends("/session", beak_shape="BEAK-0000-0000-0000-00000", next="/my/products")
    assert page.status_code == 422
    assert Page(page.text).all("input", type="hidden", name="next", value="/my/products")
    assert "BEAK-0000" not in page.text


def test_sliders_are_drawn_again_without_script(browser: Browser) -> None:
    page = browser.sends("/session", redraw="yes", **{"gene-hook": "31"})
    assert page.status_code == 200
    assert Page(page.text).one("input", name="gene-hook")["value"] == "31"


def test_signing_in_gets_a_new_cookie_and_the_old_one_is_dead(ann_at_home: Browser, ann: Member) -> None:
    old = ann_at_home.client.cookies["beak"]
    ann_at_home.client.post("/session", data={"beak_shape": ann.beak}, headers=OWN_PAGE)
    assert ann_at_home.client.cookies["beak"] != old
    ann_at_home.client.cookies.clear()
    ann_at_home.client.cookies.set("beak", old)
    assert ann_at_home.opens("/my/sessions").status_code == 303


def test_only_our_own_page_signs_in(browser: Browser, ann: Member) -> None:
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = browser.client.post("/session", data={"beak_shape": ann.beak}, headers=headers)
        assert answer.status_code == 403
    assert browser.opens("/my/sessions").status_code == 303
