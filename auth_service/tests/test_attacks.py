"""Attacks and faults of the security design that belong to no single room; the others stand where they attack."""

from secrets import token_urlsafe
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jose import jwt
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from auth_service.house import House
from auth_service.keys.keyring import Keyring
from auth_service.tests.conftest import Member
from auth_service.tests.people.administrator import Administrator, bearer_for
from auth_service.tests.product import ISSUER, Product
from auth_service.tests.visitor import Visitor

SPELLINGS = [
    f"{ISSUER}{path}"
    for path in ("//people", "/people/", "/%70eople", "/people%2f", "/people;x=1", "/./people", "/beaks/..%2fpeople")
]
BROKEN_ADDRESSES = ["a@b.example\r\nBcc: all@b.example", "a@b.example\n", "a\r@b.example", "a@b\u2028.example"]


def test_the_database_fails_during_a_refresh_and_the_token_is_still_good(
    app: FastAPI, client: TestClient, visitor: Visitor, shop: Product, ann: Member, house: House
) -> None:
    held = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    failures = iter([OperationalError("COMMIT", {}, Exception("the disk is gone"))])

    @event.listens_for(house.database.engine, "commit")
    def fail_once(_connection: Any) -> None:
        if failure := next(failures, None):
            raise failure

    with TestClient(app, base_url=ISSUER, raise_server_exceptions=False) as outside:
        shop.client = outside
        assert shop.refresh(held).status_code >= 500
        answer = shop.refresh(held)
        assert answer.status_code == 200, "nothing was used up by an answer that nobody got"
        assert shop.refresh(answer.json()["refresh_token"]).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_of_a_path_opens_it(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, method: str, path: str
) -> None:
    nobody = client.request(method, path)
    assert nobody.status_code in (401, 404)
    worker = bearer_for(visitor, shop, ann)
    assert client.request(method, path, headers=worker).status_code in (403, 404)


def test_thousands_of_unknown_keys_cost_a_look_or_two(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    looks: list[None] = []
    load = Keyring._load
    monkeypatch.setattr(Keyring, "_load", lambda *given: looks.append(None) or load(*given))  # type: ignore[func-returns-value]
    for _ in range(300):
        token = jwt.encode({"sub": "x"}, "a key of theirs", "HS256", headers={"kid": token_urlsafe(8), "typ": "at+jwt"})
        answer = client.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    assert len(looks) < 30, "at most two a second"


@pytest.mark.parametrize(
    "email", ["a@b.example\r\nBcc: all@b.example", "a@b.example\n", "a\r@b.example", "a@b\u2028.example"]
)
def test_an_address_with_a_line_break_in_it_is_refused(
    client: TestClient, visitor: Visitor, shop: Product, ada: Member, email: str
) -> None:
    scope = "openid people:read people:write"
    admin = Administrator(client, bearer_for(visitor, shop, ada, scope=scope))
    answer = admin.hires("Mallory Myna", email)
    if answer.status_code == 201:  # surrounding space is taken off, and nothing of it is kept
        assert answer.json()["email"] == "a@b.example"
    else:
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "email"


def test_markup_in_a_name_is_text_on_every_page(
    client: TestClient, visitor: Visitor, shop: Product, ada: Member
) -> None:
    scope = "openid people:read people:write"
    admin = Administrator(client, bearer_for(visitor, shop, ada, scope=scope))
    hired = admin.hires("<img src=x onerror=alert(1)>", "mallory@b.example").json()
    client.cookies.clear()
    shop.nonce = token_urlsafe(12)
    visitor.code_for(shop, hired["beak_shape"])
    for path in ("/", "/my/sessions", "/my/products"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
