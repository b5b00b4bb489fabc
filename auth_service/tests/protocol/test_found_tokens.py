"""Introspection (RFC 7662) and revocation (RFC 7009), for the products that a token concerns."""

import pytest
from fastapi.testclient import TestClient

from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor


@pytest.fixture
def tokens(visitor: Visitor, shop: Product, ann: Member) -> dict[str, str]:
    return visitor.tokens_for(shop, ann.beak)


def is_active(product: Product, token: str) -> bool:
    answer = product.post("/introspection", {"token": token})
    assert answer.status_code == 200
    active: bool = answer.json()["active"]
    return active


def test_introspection_tells_the_product_about_its_tokens(shop: Product, tokens: dict[str, str], ann: Member) -> None:
    access = shop.post("/introspection", {"token": tokens["access_token"]}).json()
    assert (access["active"], access["sub"], access["client_id"], access["iss"]) == (True, ann.id, "shop", ISSUER)
    assert access["scope"] == "openid profile email roles offline_access"
    refresh = shop.post("/introspection", {"token": tokens["refresh_token"]}).json()
    assert (refresh["active"], refresh["sub"], refresh["token_type"]) == (True, ann.id, "refresh_token")


def test_introspection_tells_others_nothing(wiki: Product, tokens: dict[str, str]) -> None:
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert wiki.post("/introspection", {"token": token}).json() == {"active": False}


def test_an_api_may_ask_about_tokens_made_for_it(
    client: TestClient, visitor: Visitor, frontend: Product, ann: Member
) -> None:
    token = visitor.tokens_for(frontend, ann.beak)["access_token"]
    answer = client.post("/introspection", data={"token": token}, auth=BACKEND)
    assert (answer.json()["active"], answer.json()["aud"]) == (True, "backend")


def test_introspection_needs_a_product_with_a_secret(
    client: TestClient, feather_app: Product, tokens: dict[str, str]
) -> None:
    assert client.post("/introspection", data={"token": tokens["access_token"]}).status_code == 401
    assert feather_app.post("/introspection", {"token": tokens["access_token"]}).status_code == 401


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "x" * 9000])
def test_what_is_no_token_is_not_active(shop: Product, token: str) -> None:
    answer = shop.post("/introspection", {"token": token})
    assert (answer.json() == {"active": False}) if token else (answer.json()["error"] == "invalid_request")


def test_a_dead_token_is_not_active(shop: Product, tokens: dict[str, str], clock: MovableClock) -> None:
    newer = shop.refresh(tokens["refresh_token"]).json()
    assert not is_active(shop, tokens["refresh_token"]), "it was rotated"
    clock.advance(minutes=5)
    assert not is_active(shop, tokens["access_token"])
    assert is_active(shop, newer["refresh_token"])
    clock.advance(hours=12)
    assert not is_active(shop, newer["refresh_token"])


def test_a_revoked_access_token_is_dead_at_userinfo_and_introspection(
    client: TestClient, shop: Product, tokens: dict[str, str]
) -> None:
    assert shop.post("/revocation", {"token": tokens["access_token"]}).status_code == 200
    assert not is_active(shop, tokens["access_token"])
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_a_revoked_refresh_token_takes_its_family_along(
    client: TestClient, shop: Product, tokens: dict[str, str]
) -> None:
    assert shop.post("/revocation", {"token": tokens["refresh_token"]}).status_code == 200
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 401


def test_giving_back_what_is_dead_or_unknown_is_fine(shop: Product, tokens: dict[str, str]) -> None:
    for _ in range(2):
        assert shop.post("/revocation", {"token": tokens["refresh_token"]}).status_code == 200
    assert shop.post("/revocation", {"token": "rubbish", "token_type_hint": "access_token"}).status_code == 200


def test_nobody_revokes_another_products_token(wiki: Product, shop: Product, tokens: dict[str, str]) -> None:
    assert wiki.post("/revocation", {"token": tokens["refresh_token"]}).json()["error"] == "invalid_grant"
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_a_public_product_revokes_its_own(visitor: Visitor, feather_app: Product, ann: Member) -> None:
    token = visitor.tokens_for(feather_app, ann.beak)["refresh_token"]
    assert feather_app.post("/revocation", {"token": token}).status_code == 200
    assert feather_app.refresh(token).json()["error"] == "invalid_grant"
