"""Moulting: whoever has just shown their beak gets another one; the old one and all that it opened are dead."""

from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from auth_service.house import House
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.own_pages.conftest import Browser, browser_of
from auth_service.tests.own_pages.nestling import Nestling, beak_on
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from auth_service.trail.deed import Deed
from auth_service.trail.entry import TrailEntry


def opens(client: TestClient, beak: str) -> bool:
    return client.post("/login", json={"beak_shape": beak}).status_code == 200


def test_the_new_beak_is_good_and_the_old_one_dead_with_all_that_it_opened(
    ann_at_home: Browser, visitor: Visitor, shop: Product, ann: Member, client: TestClient, house: House
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    beak, done = Nestling(ann_at_home, "/moulting").hatches()
    assert done.headers["Location"] == "/hatched"
    assert ann_at_home.opens("/hatched").status_code == 200
    assert opens(client, beak)
    assert not opens(client, ann.beak)
    assert shop.refresh(tokens["refresh_token"]).status_code == 400
    assert ann_at_home.opens("/my/sessions").status_code == 303
    ann_at_home.signs_in(beak)
    assert ann_at_home.opens("/my/sessions").status_code == 200
    with house.database.reading() as session:
        entry = session.scalars(select(TrailEntry).where(TrailEntry.what == Deed.MOULTED)).one()
        assert (entry.by_person_id, entry.whom_id) == (ann.id, ann.id)


def test_until_it_was_practised_the_old_beak_is_good(ann_at_home: Browser, ann: Member, client: TestClient) -> None:
    nestling = Nestling(ann_at_home, "/moulting")
    kept = nestling.keeps(nestling.looks())
    assert nestling.practises(nestling.goes_on(kept), ann.beak).status_code == 422
    assert opens(client, ann.beak)
    assert ann_at_home.opens("/my/sessions").status_code == 200


def test_printing_may_take_longer_than_the_sign_in_is_fresh(ann_at_home: Browser, clock: MovableClock) -> None:
    nestling = Nestling(ann_at_home, "/moulting")
    kept = nestling.keeps(nestling.looks())
    clock.advance(minutes=20)
    assert nestling.practises(nestling.goes_on(kept), beak_on(kept)).status_code == 303


def test_of_two_tabs_one_moults(ann_at_home: Browser, client: TestClient) -> None:
    nestling = Nestling(ann_at_home, "/moulting")
    tabs = []
    for _ in range(4):
        kept = nestling.keeps(nestling.looks())
        tabs.append((nestling.goes_on(kept), beak_on(kept)))
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda tab: nestling.practises(*tab), tabs))
    assert [answer.headers.get("Location") for answer in answers].count("/hatched") == 1
    assert sum(opens(client, beak) for _, beak in tabs) == 1


def test_an_offer_is_for_one_session_only(ann_at_home: Browser, app: FastAPI, bob: Member) -> None:
    page = Nestling(ann_at_home, "/moulting").looks()
    bobs = browser_of(app)
    bobs.signs_in(bob.beak)
    assert Nestling(bobs, "/moulting").keeps(page).status_code == 410


def test_a_session_that_was_ended_meanwhile_moults_nothing(
    ann_at_home: Browser, app: FastAPI, ann: Member, client: TestClient
) -> None:
    nestling = Nestling(ann_at_home, "/moulting")
    kept = nestling.keeps(nestling.looks())
    at_work = browser_of(app)
    at_work.signs_in(ann.beak)
    at_work.sends("/my/session-endings", session="others")
    late = nestling.practises(kept, beak_on(kept))
    assert late.headers["Location"] == "/sign-in?next=%2Fmoulting"
    assert opens(client, ann.beak)


def test_only_our_own_page_moults(ann_at_home: Browser) -> None:
    for headers in ({}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}):
        assert ann_at_home.client.post("/moulting", data={"step": "keep"}, headers=headers).status_code == 403


def test_moulting_wants_the_beak_shown_anew_after_five_minutes(
    ann_at_home: Browser, ann: Member, clock: MovableClock
) -> None:
    clock.advance(minutes=5)
    assert ann_at_home.opens("/moulting").status_code == 200
    clock.advance(seconds=1)
    assert ann_at_home.opens("/moulting").headers["Location"] == "/sign-in?next=%2Fmoulting"
    assert ann_at_home.opens("/sign-in?next=/moulting").status_code == 200
    assert ann_at_home.opens("/sign-in?next=/my/sessions").status_code == 303
    ann_at_home.signs_in(ann.beak, "/moulting")
    assert ann_at_home.opens("/moulting").status_code == 200
