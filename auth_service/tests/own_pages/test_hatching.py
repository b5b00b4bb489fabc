"""Hatching: an invitation, three beaks, one kept, shown once, practised. Until then nothing has happened."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import inspect, select

from auth_service.house import House
from auth_service.own_pages.nest import OFFERED
from auth_service.people.invitation import invite
from auth_service.people.person import Person
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.own_pages.conftest import Browser, browser_of
from auth_service.tests.own_pages.nestling import Nestling, beak_on
from auth_service.tests.pages.reading import Page
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor, hidden_fields
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import TrailEntry


@pytest.fixture
def link(house: House, ann: Member) -> str:
    with house.database.writing() as session:
        made = invite(session, ann.id, by=Doer(), at=house.clock())
    return made.url(house.issuer).removeprefix(house.issuer)


@pytest.fixture
def nestling(browser: Browser, link: str) -> Nestling:
    return Nestling(browser, link)


def opens(client: TestClient, beak: str) -> bool:
    return client.post("/login", json={"beak_shape": beak}).status_code == 200


def test_three_beaks_are_offered_as_pictures_and_not_in_letters(nestling: Nestling) -> None:
    page = nestling.looks()
    assert page.status_code == 200
    assert Page(page.text).words["h1"] == ["Welcome, Ann Budgie. Choose your beak"]
    assert len(Page(page.text).all("button", name="egg")) == OFFERED == page.text.count("<svg xmlns")
    assert "BEAK-" not in page.text


def test_the_one_that_was_kept_and_practised_is_good_and_the_old_one_dead(
    nestling: Nestling, client: TestClient, ann: Member, house: House
) -> None:
    beak, done = nestling.hatches()
    assert (done.status_code, done.headers["Location"]) == (303, "/hatched")
    assert opens(client, beak)
    assert not opens(client, ann.beak)
    assert beak[5:9] == ann.beak[5:9], "the plumage stays, so the password manager and the portrait know whose it is"
    with house.database.reading() as session:
        entry = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.HATCHED)).one()
        assert (entry.by_person_id, entry.whom_id) == (ann.id, ann.id)


def test_until_it_was_practised_nothing_has_changed(
    nestling: Nestling, client: TestClient, ann: Member, clock: MovableClock
) -> None:
    kept = nestling.keeps(nestling.looks())
    nestling.goes_on(kept)
    assert opens(client, ann.beak)
    assert not opens(client, beak_on(kept))
    clock.advance(days=2)
    _, done = nestling.hatches()
    assert done.status_code == 303


def test_a_wrong_beak_is_no_practice_and_the_right_one_still_is(nestling: Nestling, ann: Member) -> None:
    kept = nestling.keeps(nestling.looks())
    practice = nestling.goes_on(kept)
    for wrong in (ann.beak, "", "not a beak", beak_on(kept)[:-1]):
        again = nestling.practises(practice, wrong)
        assert again.status_code == 422
        assert Page(again.text).one("div", role="alert")
        assert beak_on(kept) not in again.text
    assert nestling.practises(again, beak_on(kept).lower().replace("-", " ")).status_code == 303


def test_it_can_be_looked_at_once_more_before_it_is_good(nestling: Nestling) -> None:
    kept = nestling.keeps(nestling.looks())
    practice = nestling.goes_on(kept)
    again = nestling.browser.sends("/hatching", **hidden_fields(practice.text) | {"step": "look"})
    assert beak_on(again) == beak_on(kept)


def test_password_managers_are_offered_the_beak_under_the_plumage(nestling: Nestling, ann: Member) -> None:
    kept = nestling.keeps(nestling.looks())
    page = Page(kept.text)
    assert page.one("input", autocomplete="username")["value"] == ann.beak[5:9]
    assert page.one("input", autocomplete="new-password")["value"] == beak_on(kept)
    practice = Page(nestling.goes_on(kept).text)
    assert practice.one("input", autocomplete="username")["value"] == ann.beak[5:9]
    assert "value" not in practice.one("input", autocomplete="current-password")


def test_the_link_works_once(nestling: Nestling) -> None:
    page = nestling.looks()
    nestling.hatches()
    for late in (nestling.looks(), nestling.keeps(page)):
        assert late.status_code == 410
    assert nestling.browser.client.get(nestling.path, headers={"Accept": "text/html"}).status_code == 410


def test_of_many_tabs_one_hatches(nestling: Nestling, client: TestClient, ann: Member) -> None:
    tabs = []
    for egg in ("0", "1", "2", "0", "1", "2"):
        kept = nestling.keeps(nestling.looks(), egg)
        tabs.append((nestling.goes_on(kept), beak_on(kept)))
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda tab: nestling.practises(*tab).status_code, tabs))
    assert sorted(answers) == [303, 410, 410, 410, 410, 410]
    good = [opens(client, beak) for _, beak in tabs]
    assert good.count(True) == 1
    assert good.index(True) == answers.index(303)


def test_everything_the_old_beak_opened_is_closed(
    nestling: Nestling, visitor: Visitor, shop: Product, ann: Member, app: FastAPI
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    at_work = browser_of(app)
    at_work.signs_in(ann.beak)
    nestling.hatches()
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
    assert at_work.opens("/my/sessions").status_code == 303


def test_nothing_of_the_offered_beaks_is_stored_or_logged_or_in_an_address(
    nestling: Nestling, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        beak, done = nestling.hatches()
    outline = beak.replace("-", "")[8:20]
    stored = []
    with house.database.engine.connect() as connection:
        for table in inspect(house.database.engine).get_table_names():
            stored += [str(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')]  # noqa: S608
    for place in ("\n".join(stored), caplog.text, done.headers["Location"], str(done.request.url)):
        assert outline not in place.replace("-", "")
        assert beak not in place
    assert done.headers["Referrer-Policy"] == "no-referrer"
    assert done.headers["Cache-Control"] == "no-store"


def test_an_offer_waits_for_half_an_hour(nestling: Nestling, clock: MovableClock) -> None:
    page = nestling.looks()
    clock.now += timedelta(minutes=30, seconds=1)
    late = nestling.keeps(page)
    assert late.status_code == 410
    assert late.json()["type"] == "/problems/offer-is-over"


def test_an_offer_is_for_one_invitation_only(nestling: Nestling, house: House, bob: Member, browser: Browser) -> None:
    page = nestling.looks()
    with house.database.writing() as session:
        secret = invite(session, bob.id, by=Doer(), at=house.clock()).secret
    form = hidden_fields(page.text) | {"invitation": secret, "egg": "1"}
    assert browser.sends("/hatching", **form).status_code == 410
    assert browser.sends("/hatching", **form | {"offer": "gAAAAA"}).status_code == 410


@pytest.mark.parametrize("egg", ["3", "-1", "", "x", "1.0", "٢"])
def test_only_what_is_offered_can_be_kept(nestling: Nestling, egg: str) -> None:
    assert nestling.keeps(nestling.looks(), egg).status_code == 410


def test_nobody_practises_what_they_have_not_kept(nestling: Nestling) -> None:
    page = nestling.looks()
    for step in ("prove", "look", "practise", "whatever"):
        answer = nestling.browser.sends("/hatching", **hidden_fields(page.text) | {"step": step})
        assert answer.status_code == 410


def test_a_dismissed_person_hatches_nothing(nestling: Nestling, house: House, ann: Member) -> None:
    kept = nestling.keeps(nestling.looks())
    with house.database.writing() as session:
        session.get_one(Person, ann.id).dismiss()
    assert nestling.practises(kept, beak_on(kept)).status_code == 410


def test_a_link_that_nobody_made_says_what_to_do(browser: Browser) -> None:
    for path in ("/hatching", "/hatching?invitation=x", "/hatching?invitation="):
        page = browser.client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 410
        assert "Ask an admin for another." in page.text
        assert re.search(r"<code>[0-9a-f]{32}</code>", page.text)


def test_only_our_own_page_hatches(nestling: Nestling) -> None:
    form = hidden_fields(nestling.looks().text) | {"egg": "1"}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert nestling.browser.client.post("/hatching", data=form, headers=headers).status_code == 403


def test_it_can_be_read_in_russian(nestling: Nestling) -> None:
    page = nestling.browser.client.get(nestling.path, headers={"Accept-Language": "ru"}).text
    assert "Добро пожаловать, Ann Budgie. Выберите себе клюв" in page
    assert "<title>Попугай; цвет перьев" in page
    assert "A parrot" not in page
