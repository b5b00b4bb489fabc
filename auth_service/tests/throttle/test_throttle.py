"""The throttle: wrong beaks become slow to try, nobody is locked out by others, nothing is forgotten by a restart."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from auth_service.app import create_app
from auth_service.beaks import BeakShape
from auth_service.house import House
from auth_service.settings import Settings
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.people.administrator import Administrator
from auth_service.tests.product import ISSUER, Product
from auth_service.tests.visitor import Visitor
from auth_service.throttle.failed_tries import FailedTries
from auth_service.throttle.limits import LIMITS, Budget, Kind
from auth_service.worker import sweep

FREE = 10

Browser = Callable[..., TestClient]


@pytest.fixture
def browser(app: FastAPI) -> Browser:
    """A browser of its own at an address."""

    def browser(address: str = "203.0.113.7") -> TestClient:
        return TestClient(app, base_url=ISSUER, follow_redirects=False, client=(address, 50_000))

    return browser


def wrong(beak: str) -> str:
    """Another outline for the same plumage, spelled rightly."""
    plumage = BeakShape.read(beak).plumage
    return str(BeakShape.of(plumage=plumage, outline="000000000000"))


def tries(client: TestClient, beak: str) -> Response:
    return client.post("/login", json={"beak_shape": beak})


def fail(client: TestClient, beak: str, times: int, clock: MovableClock | None = None) -> None:
    for _ in range(times):
        assert tries(client, wrong(beak)).status_code == 401
        if clock:
            clock.advance(minutes=15)


def test_the_first_wrong_tries_are_free(client: TestClient, ann: Member) -> None:
    fail(client, ann.beak, FREE)
    answer = tries(client, wrong(ann.beak))
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["type"] == "/problems/too-many-tries"
    assert "1 second" in answer.json()["detail"]


def test_the_right_beak_waits_as_well(client: TestClient, ann: Member, clock: MovableClock) -> None:
    fail(client, ann.beak, FREE)
    assert tries(client, ann.beak).status_code == 429
    clock.advance(seconds=1)
    assert tries(client, ann.beak).status_code == 200


def test_the_pauses_grow_up_to_a_quarter_of_an_hour(client: TestClient, ann: Member, clock: MovableClock) -> None:
    fail(client, ann.beak, FREE - 1)
    pauses = []
    for _ in range(13):
        fail(client, ann.beak, 1)
        pauses.append(int(tries(client, ann.beak).headers["Retry-After"]))
        clock.advance(seconds=pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_a_refused_try_does_not_lengthen_the_pause(client: TestClient, ann: Member, clock: MovableClock) -> None:
    fail(client, ann.beak, FREE)
    for _ in range(20):
        tries(client, wrong(ann.beak))
    clock.advance(seconds=1)
    assert tries(client, ann.beak).status_code == 200


def test_the_right_beak_ends_the_pauses(client: TestClient, ann: Member) -> None:
    for _ in range(3):
        fail(client, ann.beak, FREE - 1)
        assert tries(client, ann.beak).status_code == 200


def test_a_day_of_peace_ends_them_too(client: TestClient, ann: Member, clock: MovableClock) -> None:
    fail(client, ann.beak, FREE - 1)
    clock.advance(days=1)
    fail(client, ann.beak, FREE)


def test_one_person_is_throttled_not_the_others(client: TestClient, ann: Member, bob: Member) -> None:
    fail(client, ann.beak, FREE)
    assert tries(client, bob.beak).status_code == 200


def test_a_plumage_that_nobody_has_is_throttled_alike(client: TestClient) -> None:
    fail(client, "BEAK-0000-0000-0000-00000", FREE)
    assert tries(client, "BEAK-0000-0000-0000-00000").status_code == 429


def test_another_address_meets_the_same_pause(browser: Browser, ann: Member) -> None:
    fail(browser("203.0.113.7"), ann.beak, FREE)
    assert tries(browser("198.51.100.9"), ann.beak).status_code == 429


def test_a_restart_forgets_nothing(client: TestClient, settings: Settings, clock: MovableClock, ann: Member) -> None:
    fail(client, ann.beak, FREE)
    again = create_app(settings, clock=clock)
    with TestClient(again, base_url=ISSUER) as restarted:
        assert tries(restarted, ann.beak).status_code == 429


def test_tries_at_once_are_all_counted(client: TestClient, house: House, ann: Member) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: tries(client, wrong(ann.beak)).status_code, range(24)))
    counted = count_of(house, Kind.BEAK)
    assert answers.count(401) == counted >= FREE
    assert set(answers) <= {401, 429}


def test_any_number_of_right_ones_at_once_is_fine(client: TestClient, ann: Member) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: tries(client, ann.beak).status_code, range(40)))
    assert set(answers) == {200}


def test_right_beaks_are_counted_nowhere(client: TestClient, house: House, ann: Member) -> None:
    for _ in range(5):
        tries(client, ann.beak)
    with house.database.reading() as session:
        assert session.scalars(select(FailedTries)).all() == []


# --- addresses --------------------------------------------------------------------------------------------------------


def fill(client: TestClient, times: int) -> None:
    for _ in range(times):
        assert tries(client, "no beak at all").status_code == 401


def test_an_address_has_a_budget(browser: Browser, ann: Member, clock: MovableClock) -> None:
    fill(browser("203.0.113.7"), 60)
    clock.advance(minutes=2)
    answer = tries(browser("203.0.113.7"), ann.beak)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "480")
    assert "8 minutes" in answer.json()["detail"]
    assert tries(browser("203.0.113.8"), ann.beak).status_code == 200
    clock.advance(minutes=8)
    assert tries(browser("203.0.113.7"), ann.beak).status_code == 200


def test_of_ipv6_the_whole_64_shares_it(browser: Browser, ann: Member) -> None:
    for last in range(60):
        fill(browser(f"2001:db8:1:2:{last:x}::1"), 1)
    assert tries(browser("2001:db8:1:2:ffff::9"), ann.beak).status_code == 429
    assert tries(browser("2001:db8:1:3::1"), ann.beak).status_code == 200


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_address(browser: Browser, ann: Member) -> None:
    fill(browser("::ffff:203.0.113.7"), 60)
    assert tries(browser("203.0.113.7"), ann.beak).status_code == 429


def test_everyone_together_has_a_budget(
    browser: Browser, ann: Member, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LIMITS, Kind.EVERYONE, Budget(most=12))
    for last in range(12):
        fill(browser(f"203.0.113.{last}"), 1)
    assert tries(browser("198.51.100.9"), ann.beak).status_code == 429
    clock.advance(minutes=1)
    assert tries(browser("198.51.100.9"), ann.beak).status_code == 200


# --- known devices ----------------------------------------------------------------------------------------------------


def test_nobody_can_lock_someone_out_of_a_browser_they_used_before(
    browser: Browser, shop: Product, ann: Member, clock: MovableClock
) -> None:
    home, stranger = browser("198.51.100.9"), browser("203.0.113.7")
    assert Visitor(home).code_for(shop, ann.beak)
    fail(stranger, ann.beak, 100, clock)
    assert tries(stranger, ann.beak).status_code == 429
    assert tries(home, ann.beak).status_code == 200


def test_a_known_device_has_pauses_of_its_own(browser: Browser, shop: Product, ann: Member) -> None:
    home = browser("198.51.100.9")
    Visitor(home).code_for(shop, ann.beak)
    fail(home, ann.beak, FREE)
    assert tries(home, ann.beak).status_code == 429
    assert tries(browser("203.0.113.7"), ann.beak).status_code == 200


def test_a_known_device_helps_only_whom_it_knows(browser: Browser, shop: Product, ann: Member, bob: Member) -> None:
    home = browser("198.51.100.9")
    Visitor(home).code_for(shop, ann.beak)
    fail(home, bob.beak, FREE)
    assert tries(browser("203.0.113.7"), bob.beak).status_code == 429


def test_a_made_up_device_is_no_known_one(browser: Browser, ann: Member) -> None:
    liar = browser()
    for number in range(FREE + 1):
        liar.cookies.set("device", f"{ann.id}.{number:022d}.{'0' * 64}")
        last = tries(liar, wrong(ann.beak))
    assert last.status_code == 429


# --- a hundred --------------------------------------------------------------------------------------------------------


def count_of(house: House, kind: Kind) -> int:
    with house.database.reading() as session:
        found = session.scalars(select(FailedTries).where(FailedTries.kind == kind)).one_or_none()
        return found.count if found else 0


def test_a_hundred_failures_in_a_month_need_a_moult(
    browser: Browser, house: House, frontend: Product, ada: Member, ann: Member, clock: MovableClock
) -> None:
    client = browser()
    fail(client, ann.beak, 100, clock)
    clock.advance(days=60)
    sweep(house)
    answer = tries(client, ann.beak)
    assert answer.status_code == 429
    assert "Ask an admin" in answer.json()["detail"]
    office = browser("198.51.100.9")
    tokens = Visitor(office).tokens_for(replace(frontend, client=office), ada.beak)
    admin_token = replace(frontend, client=office).refresh(tokens["refresh_token"], "people:write").json()
    admin = Administrator(office, {"Authorization": f"Bearer {admin_token['access_token']}"})
    moulted = admin.moults(ann.id).json()["beak_shape"]
    assert tries(client, moulted).status_code == 200


def test_failures_of_an_old_month_do_not_count(client: TestClient, ann: Member, clock: MovableClock) -> None:
    fail(client, ann.beak, 99, clock)
    clock.advance(days=31)
    fail(client, ann.beak, 5)
    assert tries(client, ann.beak).status_code == 200


def test_right_beaks_between_do_not_hide_the_guessing(client: TestClient, ann: Member, clock: MovableClock) -> None:
    for _ in range(20):
        fail(client, ann.beak, 5, clock)
        last = tries(client, ann.beak)
    assert last.status_code == 429


def test_old_tries_are_swept_out(client: TestClient, house: House, ann: Member, clock: MovableClock) -> None:
    fail(client, ann.beak, 1)
    clock.advance(days=2)
    sweep(house)
    assert (count_of(house, Kind.BEAK), count_of(house, Kind.ADDRESS)) == (1, 0)
    clock.advance(days=30)
    sweep(house)
    assert count_of(house, Kind.BEAK) == 0


# --- the page ---------------------------------------------------------------------------------------------------------


def test_the_sign_in_page_says_when(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    page = visitor.opens(shop)
    for _ in range(FREE):
        assert visitor.signs_in(page, wrong(ann.beak)).status_code == 422
    refused = visitor.signs_in(page, ann.beak)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "Try again in 1 second." in refused.text
    assert 'name="beak_shape"' in refused.text
    assert ann.beak not in refused.text
