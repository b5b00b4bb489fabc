"""The language that a person reads: told by how they sign in, and by nothing that would end a session."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.people.hiring import change_person
from auth_service.people.language import note_language
from auth_service.people.person import Person
from auth_service.people.roster import find_person
from auth_service.people.views import PersonChange
from auth_service.sessions.browser_session import open_session
from auth_service.tests.conftest import Member
from auth_service.tests.people.administrator import Administrator, bearer_for
from auth_service.tests.people.test_feed import Follower
from auth_service.tests.product import Product, payload_of
from auth_service.tests.visitor import OWN_PAGE, Visitor
from auth_service.trail.doer import THE_HOUSE

RUSSIAN = {"Accept-Language": "ru-RU,ru;q=0.9,en;q=0.5"}


def person(house: House, member: Member) -> Person:
    with house.database.reading() as session:
        return find_person(session, member.id)


def switches(client: TestClient, language: str) -> None:
    assert client.post("/language", data={"language": language}, headers=OWN_PAGE).status_code == 303


def test_who_signs_in_in_russian_is_known_to_read_it(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    follower = Follower(client)
    follower.asks()
    client.headers.update(RUSSIAN)
    tokens = visitor.tokens_for(shop, ann.beak)
    userinfo = client.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}).json()
    assert (userinfo["locale"], payload_of(tokens["id_token"])["locale"]) == ("ru", "ru")
    assert [(told["id"], told["locale"], told["version"]) for told in follower.asks()] == [(ann.id, "ru", 1)]


def test_our_own_doorstep_learns_it_as_well(client: TestClient, house: House, ann: Member) -> None:
    form = {"beak_shape": ann.beak, "next": "/"}
    assert client.post("/session", data=form, headers=OWN_PAGE | RUSSIAN).status_code == 303
    assert person(house, ann).locale == "ru"


def test_signing_in_as_before_is_no_news(client: TestClient, visitor: Visitor, shop: Product, ann: Member) -> None:
    follower = Follower(client)
    visitor.tokens_for(shop, ann.beak)
    follower.asks()
    heard = follower.cursor
    visitor.tokens_for(shop, ann.beak, prompt="login", nonce="again")
    switches(client, "en")
    assert (follower.asks(), follower.cursor) == ([], heard)


def test_the_switch_tells_of_who_is_signed_in_and_their_sessions_go_on(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ann: Member
) -> None:
    reading = bearer_for(visitor, shop, ann)
    switches(client, "ru")
    assert client.get(f"/people/{ann.id}", headers=reading).json()["locale"] == "ru"
    assert visitor.opens(shop, nonce="after").status_code == 303, "still signed in"
    assert person(house, ann).version == 1


@pytest.mark.parametrize("cookie", [None, "rubbish"])
def test_the_switch_of_a_stranger_is_a_matter_of_their_browser(
    client: TestClient, house: House, ann: Member, cookie: str | None
) -> None:
    if cookie:
        client.cookies.set("beak", cookie)
    switches(client, "ru")
    assert person(house, ann).locale is None


def test_a_products_wish_for_its_page_does_not_go_before_their_own_choice(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ann: Member, bob: Member
) -> None:
    visitor.code_for(shop, ann.beak, ui_locales="ru")
    assert person(house, ann).locale == "ru", "nothing better was known"
    client.cookies.clear()
    switches(client, "en")
    visitor.code_for(shop, bob.beak, ui_locales="ru")
    assert person(house, bob).locale == "en"


def test_an_admin_may_say_it_and_the_trail_remembers(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ada: Member, ann: Member
) -> None:
    scope = "openid offline_access people:read people:write administration"
    admin = Administrator(client, bearer_for(visitor, shop, ada, scope=scope))
    told = admin.changes(ann.id, locale="ru-RU").json()
    assert (told["locale"], told["version"]) == ("ru-RU", 1)
    trail = client.get("/trail?what=language_changed", headers=admin.headers).json()["items"]
    assert [entry["details"] for entry in trail] == [{"from": None, "to": "ru-RU"}]
    with house.database.writing() as session:
        note_language(session, ann.id, "ru")
    assert person(house, ann).locale == "ru-RU", "who reads ru-RU reads ru"


@pytest.mark.parametrize("tag", ["", "r", "russian", "ru_RU", "ru-", "ru\n", "ру", "ru" + "-latn" * 8])
def test_what_is_no_language_is_refused(
    client: TestClient, visitor: Visitor, shop: Product, ada: Member, ann: Member, tag: str
) -> None:
    admin = Administrator(client, bearer_for(visitor, shop, ada, scope="openid people:read people:write"))
    assert admin.changes(ann.id, locale=tag).status_code == 422


def test_a_language_that_nobody_told_is_left_out(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ann: Member
) -> None:
    reading = bearer_for(visitor, shop, ann)
    with house.database.writing() as session:
        find_person(session, ann.id).locale = None  # signed in before anybody asked
    assert "locale" not in client.get("/userinfo", headers=reading).json()


def test_signing_in_while_an_admin_changes_the_same_person_blocks_nobody(house: House, ann: Member) -> None:
    """A new session refers to the person, whom an admin locks: whoever came first to the counter goes first."""

    def sign_in(number: int) -> None:
        with house.database.writing() as session:
            note_language(session, ann.id, ("ru", "en")[number % 2])
            open_session(session, ann.id, at=house.clock(), by=THE_HOUSE)

    def rename(number: int) -> None:
        with house.database.writing() as session:
            change_person(session, ann.id, PersonChange(name=f"Ann {number}"), at=house.clock())

    with ThreadPoolExecutor(8) as threads:
        done = [threads.submit(each, number) for number in range(40) for each in (sign_in, rename)]
    assert [each.exception() for each in done] == [None] * 80
