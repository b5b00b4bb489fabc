"""Who may enter a product: everyone, or some roles and some people; the others get a clear page."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import update
from typer.testing import CliRunner

from auth_service.command_line import app
from auth_service.house import House
from auth_service.products.product import Product as Registered
from auth_service.settings import Settings
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product, query_of
from auth_service.tests.visitor import Visitor


def open_to(house: House, client_id: str, *, roles: tuple[str, ...] = (), people: tuple[str, ...] = ()) -> None:
    wanted = update(Registered).where(Registered.client_id == client_id)
    with house.database.writing() as session:
        session.execute(wanted.values(roles=list(roles), people=list(people)))


def test_only_the_roles_and_people_named_may_enter(
    house: House, visitor: Visitor, shop: Product, ann: Member, bob: Member, boss: Member
) -> None:
    open_to(house, "shop", roles=("manager", "admin"), people=(bob.id,))
    for member, may in ((ann, False), (bob, True), (boss, True)):
        visitor.client.cookies.clear()
        shop = replace(shop, nonce=member.id)
        assert visitor.signs_in(visitor.opens(shop), member.beak).status_code == (303 if may else 403)


def test_who_is_turned_away_reads_why(house: House, visitor: Visitor, shop: Product, ann: Member) -> None:
    open_to(house, "shop", roles=("manager",))
    page = visitor.signs_in(visitor.opens(shop), ann.beak)
    assert page.status_code == 403
    assert "Perch Shop is not open to you" in page.text
    assert "Ann Budgie may not enter Perch Shop." in page.text
    assert page.headers["X-Request-Id"] in page.text
    assert visitor.opens(shop).status_code == 403


def test_a_silent_request_is_answered_silently(house: House, visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    open_to(house, "shop", roles=("manager",))
    back = visitor.opens(shop, prompt="none", nonce="another")
    assert query_of(back.headers["Location"])["error"] == "access_denied"


def test_a_door_that_closes_meanwhile_is_closed(house: House, visitor: Visitor, wiki: Product, ann: Member) -> None:
    page = visitor.signs_in(visitor.opens(wiki), ann.beak)
    open_to(house, "wiki", roles=("manager",))
    back = visitor.decides(page, "allow")
    assert query_of(back.headers["Location"])["error"] == "access_denied"


def test_a_refresh_asks_again(house: House, visitor: Visitor, shop: Product, ann: Member) -> None:
    token = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    open_to(house, "shop", people=("somebody else",))
    assert shop.refresh(token).json()["error"] == "invalid_grant"


def test_the_console_says_who_may_enter(
    house: House, settings: Settings, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTH_SERVICE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("AUTH_SERVICE_SECRET", settings.secret.get_secret_value())
    words = ["product", "add", "Den", "--redirect-uri", "https://x.example/cb", "--role", "manager", "--json"]
    added = CliRunner().invoke(app, [*words, "--person", ann.email])
    with house.database.reading() as session:
        product = session.get_one(Registered, json.loads(added.stdout)["client_id"])
    assert (product.roles, product.people) == (["manager"], [ann.id])
    for wrong in (["--role", "king"], ["--person", "nobody@x.example"]):
        assert CliRunner().invoke(app, [*words, *wrong]).exit_code == 1
