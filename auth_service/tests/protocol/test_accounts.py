"""The account chooser (prompt=select_account): who has signed in with this browser, and nobody else."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.pages.reading import Page
from auth_service.tests.product import Product, query_of
from auth_service.tests.visitor import OWN_PAGE, Visitor, hidden_fields

CHOOSE = {"prompt": "select_account", "nonce": "another"}


def chooses(client: TestClient, page: Response, person: str) -> Response:
    form = hidden_fields(page.text) | {"person": person}
    return client.post("/account", data=form, headers=OWN_PAGE)


@pytest.fixture
def after_both(visitor: Visitor, shop: Product, ann: Member, bob: Member) -> None:
    """Bob, then Ann signed in with this browser."""
    visitor.code_for(shop, bob.beak)
    visitor.signs_in(visitor.opens(shop, prompt="login", nonce="of ann"), ann.beak)


@pytest.mark.usefixtures("after_both")
def test_the_chooser_names_who_was_here_the_one_signed_in_first(visitor: Visitor, shop: Product) -> None:
    page = Page(visitor.opens(shop, **CHOOSE).text)
    assert page.words["h1"] == ["Who goes on to Perch Shop?"]
    assert page.words["button"] == ["Ann Budgie Signed in", "Bob Lory Needs the beak", "Somebody else"]
    assert len(page.all("img", **{"class": "portrait"})) == 2


@pytest.mark.usefixtures("after_both")
def test_whoever_is_signed_in_goes_on_at_once(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    back = chooses(client, visitor.opens(shop, **CHOOSE), ann.id)
    tokens = shop.exchange(query_of(back.headers["Location"])["code"])
    assert tokens.status_code == 200


@pytest.mark.usefixtures("after_both")
@pytest.mark.parametrize("who", ["bob", "another", "nobody"])
def test_anyone_else_shows_their_beak(
    client: TestClient, visitor: Visitor, shop: Product, bob: Member, who: str
) -> None:
    page = chooses(client, visitor.opens(shop, **CHOOSE), bob.id if who == "bob" else who)
    assert "Sign in to Perch Shop" in page.text
    assert "code" in query_of(visitor.signs_in(page, bob.beak).headers["Location"])


def test_a_stranger_sees_nobody(visitor: Visitor, shop: Product, ann: Member) -> None:
    page = visitor.opens(shop, **CHOOSE)
    assert "Sign in to Perch Shop" in page.text
    assert ann.name not in page.text


def test_a_choice_is_taken_from_our_own_page_only(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    visitor.code_for(shop, ann.beak)
    form = shop.request(**CHOOSE) | {"person": ann.id}
    assert client.post("/account", data=form, headers={"Origin": "https://evil.example"}).status_code == 403


def test_a_session_that_is_too_old_is_not_enough(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    visitor.code_for(shop, ann.beak)
    page = visitor.opens(shop, max_age="60", **CHOOSE)
    clock.advance(minutes=2)
    assert "Sign in to Perch Shop" in chooses(client, page, ann.id).text


def test_a_choice_leads_to_the_consent_that_is_due(
    client: TestClient, visitor: Visitor, shop: Product, wiki: Product, ann: Member
) -> None:
    visitor.code_for(shop, ann.beak)
    page = chooses(client, visitor.opens(wiki, **CHOOSE), ann.id)
    assert "Allow Wiki" in page.text
    assert "code" in query_of(visitor.decides(page, "allow").headers["Location"])
