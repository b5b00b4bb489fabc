"""My sessions: what is open, what each sign-out has told, and ending them."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from auth_service.house import House
from auth_service.keys.derivation import fingerprint
from auth_service.own_pages.device import Device
from auth_service.sessions.browser_session import BrowserSession
from auth_service.sessions.delivery import LogoutDelivery, deliver_due
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.own_pages.conftest import Browser, browser_of
from auth_service.tests.pages.reading import Page
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT}"
PHONE = f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36"


@pytest.fixture
def phone(app: FastAPI, ann: Member) -> Browser:
    phone = browser_of(app, address="203.0.113.7", device=PHONE)
    phone.signs_in(ann.beak)
    return phone


def session_ids(house: House, person: Member) -> list[str]:
    with house.database.reading() as session:
        mine = select(BrowserSession.id).where(BrowserSession.person_id == person.id, BrowserSession.ended_at.is_(None))
        return list(session.scalars(mine))


@pytest.mark.usefixtures("phone")
def test_each_session_says_with_what_and_from_where(ann_at_home: Browser, clock: MovableClock) -> None:
    page = ann_at_home.opens("/my/sessions").text
    assert page.index("Firefox 140 on Linux") < page.index("Chrome 142 on Android")
    assert "127.0.0.1, this network" in page
    assert "203.0.113.7, another network" in page
    assert page.count("This browser") == 1
    assert "Signed in 2 March 2026, 12:00" in page  # nine in UTC is noon in Moscow
    assert "Вход: 2 марта 2026, 12:00" in ann_at_home.opens("/my/sessions?ui_locales=ru").text


def test_all_others_end_and_this_one_stays(ann_at_home: Browser, phone: Browser) -> None:
    answer = ann_at_home.sends("/my/session-endings", session="others")
    assert answer.headers["Location"] == "/my/sessions?ended=1"
    assert phone.opens("/my/sessions").status_code == 303
    page = ann_at_home.opens("/my/sessions?ended=1")
    assert "Ended lately" in page.text
    assert "End all others" not in Page(page.text).words["button"]


def test_one_session_ends_with_everything_it_opened(
    ann_at_home: Browser, house: House, ann: Member, visitor: Visitor, shop: Product
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    (other,) = set(session_ids(house, ann)) - {own_id(ann_at_home, house)}
    ann_at_home.sends("/my/session-endings", session=other)
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
    with house.database.reading() as session:
        entry = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.SESSION_ENDED)).one()
        assert (entry.by_person_id, entry.whom_id, entry.details) == (ann.id, ann.id, {"session": other})
    assert "being told" in ann_at_home.opens("/my/sessions").text


def own_id(browser: Browser, house: House) -> str:
    with house.database.reading() as session:
        cookie = fingerprint(browser.client.cookies["beak"])
        return session.scalars(select(BrowserSession.id).where(BrowserSession.cookie_hash == cookie)).one()


def test_what_a_product_was_told_is_shown(
    ann_at_home: Browser, house: House, ann: Member, visitor: Visitor, shop: Product, clock: MovableClock
) -> None:
    visitor.tokens_for(shop, ann.beak)
    ann_at_home.sends("/my/session-endings", session="others")
    answers = ["answered 500", "answered 500", None]

    def deliver() -> str:
        post = lambda _uri, _form: answers.pop(0)  # noqa: E731
        deliver_due(house.database, keyring=house.keyring, issuer=house.issuer, clock=clock, post=post)
        return ann_at_home.opens("/my/sessions").text

    assert "not reached, 1 try so far" in deliver()
    clock.advance(seconds=10)
    assert "not reached, 2 tries so far" in deliver()
    clock.advance(seconds=10)
    assert "told 2 March 2026, 12:00" in deliver()
    with house.database.writing() as session:
        session.scalars(select(LogoutDelivery)).one().delivered_at = None
        session.scalars(select(LogoutDelivery)).one().dead_at = clock()
    assert "never answered" in ann_at_home.opens("/my/sessions").text


def test_ending_this_one_is_signing_out(ann_at_home: Browser, house: House) -> None:
    answer = ann_at_home.sends("/my/session-endings", session=own_id(ann_at_home, house))
    assert answer.headers["Location"] == "/"
    assert ann_at_home.opens("/my/sessions").status_code == 303


def test_nobody_ends_the_session_of_somebody_else(
    ann_at_home: Browser, house: House, bob: Member, app: FastAPI
) -> None:
    bobs = browser_of(app)
    bobs.signs_in(bob.beak)
    answer = ann_at_home.sends("/my/session-endings", session=session_ids(house, bob)[0])
    assert answer.headers["Location"] == "/my/sessions?ended=0"
    assert bobs.opens("/my/sessions").status_code == 200
    assert "There was nothing left to end" in ann_at_home.opens("/my/sessions?ended=0").text


def test_only_our_own_page_ends_sessions(ann_at_home: Browser, phone: Browser) -> None:
    for headers in ({}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        answer = ann_at_home.client.post("/my/session-endings", data={"session": "others"}, headers=headers)
        assert answer.status_code == 403
    assert phone.opens("/my/sessions").status_code == 200


def test_a_session_that_ran_out_is_not_open(
    ann_at_home: Browser, phone: Browser, clock: MovableClock, ann: Member
) -> None:
    clock.advance(hours=13)
    ann_at_home.signs_in(ann.beak)
    page = ann_at_home.opens("/my/sessions").text
    assert "Ran out by itself" in page
    assert page.index("Ended lately") < page.index("Chrome 142 on Android")


@pytest.mark.parametrize(
    ("said", "browser", "system"),
    [
        (PHONE, "Chrome 142", "Android"),
        (f"{WINDOWS} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge 141", "Windows"),
        (f"{WINDOWS} Chrome/140.0.0.0 YaBrowser/25.10 Yowser/2.5 Safari/537.36", "Yandex Browser 25", "Windows"),
        (f"{MAC} Version/18.6 Safari/605.1.15", "Safari 18", "macOS"),
        (f"{IPHONE} Version/18.6 Mobile/15E148 Safari/604.1", "Safari 18", "iPhone"),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0",
            "Opera 120",
            "ChromeOS",
        ),
        ("curl/8.14.1", "curl 8", None),
        ("<script>alert(1)</script>", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_a_device_is_named_in_two_words(said: str | None, browser: str | None, system: str | None) -> None:
    assert Device.of(said) == Device(browser, system)


def test_what_a_browser_says_of_itself_is_never_markup(client: TestClient, ann: Member) -> None:
    client.headers["User-Agent"] = "<b>Firefox/140</b>"
    browser = Browser(client)
    browser.signs_in(ann.beak)
    assert "<b>" not in browser.opens("/my/sessions").text
