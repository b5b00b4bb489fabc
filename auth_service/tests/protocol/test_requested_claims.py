"""The `claims` parameter (OpenID Connect Core section 5.5), and its quieter neighbours acr_values and ui_locales."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.products.registration import ClientMetadata, register
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product, payload_of, query_of
from auth_service.tests.visitor import Visitor

PERSONAL = {"name", "picture", "locale", "email", "email_verified", "role", "roles"}


def asking(**places: Any) -> str:
    return json.dumps(places)


def userinfo(client: TestClient, tokens: dict[str, str]) -> dict[str, Any]:
    answer = client.get("/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    told: dict[str, Any] = answer.json()
    return told


def personal(claims: dict[str, Any]) -> set[str]:
    return PERSONAL & set(claims)


def test_a_claim_is_told_where_it_was_asked_for(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    claims = asking(userinfo={"email": {"essential": True}}, id_token={"name": None, "auth_time": {"essential": True}})
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid", claims=claims)
    assert tokens["scope"] == "openid", "no scope is granted by asking for a claim"
    assert personal(userinfo(client, tokens)) == {"email"}
    assert personal(payload_of(tokens["id_token"])) == {"name"}


def test_claims_come_beside_those_of_the_scopes(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid email", claims=asking(userinfo={"role": None}))
    assert personal(userinfo(client, tokens)) == {"email", "email_verified", "role"}


def test_a_refresh_goes_on_telling_them(visitor: Visitor, shop: Product, ann: Member) -> None:
    asked = asking(id_token={"name": None})
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid offline_access", claims=asked)
    assert personal(payload_of(shop.refresh(tokens["refresh_token"]).json()["id_token"])) == {"name"}


@pytest.mark.parametrize(
    "claims",
    [
        asking(),
        asking(userinfo=None, id_token=None),
        asking(userinfo={}, other={"name": None}),
        asking(userinfo={"shoe_size": {"essential": True}, "name#ru": None}),
        asking(id_token={"acr": {"essential": True}}),
        asking(id_token={"acr": {"values": ["urn:mace:incommon:iap:silver"]}}),
    ],
)
def test_what_is_unknown_or_voluntary_is_passed_over(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, claims: str
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid", claims=claims)
    assert personal(userinfo(client, tokens)) == personal(payload_of(tokens["id_token"])) == set()


@pytest.mark.parametrize("claims", ["x", "[]", "1", '{"userinfo": []}', '{"id_token": "name"}', "[" * 1900])
def test_what_is_no_claims_request_is_refused(visitor: Visitor, shop: Product, claims: str) -> None:
    assert query_of(visitor.opens(shop, claims=claims).headers["Location"])["error"] == "invalid_request"


def test_the_person_is_asked_about_them(visitor: Visitor, wiki: Product, ann: Member) -> None:
    visitor.code_for(wiki, ann.beak, scope="openid")
    asked = {"scope": "openid", "claims": asking(userinfo={"email": None})}
    page = visitor.opens(wiki, **asked)
    assert "See your e-mail address" in page.text
    assert "code" in query_of(visitor.decides(page, "allow").headers["Location"])
    assert visitor.opens(wiki, **asked, nonce="another").status_code == 303


def test_a_product_is_told_nothing_beyond_what_it_may_ask(
    house: House, client: TestClient, visitor: Visitor, ann: Member
) -> None:
    metadata = ClientMetadata(redirect_uris=["https://x.example/cb"], scope="openid profile")
    with house.database.writing() as session:
        registered, secret = register(session, metadata, trusted=True, at=house.clock())
    product = Product(client, registered.client_id, secret, "https://x.example/cb", scope="openid")
    tokens = visitor.tokens_for(product, ann.beak, claims=asking(userinfo={"email": None, "name": None}))
    assert personal(userinfo(client, tokens)) == {"name"}


def test_a_subject_asked_for_has_to_be_the_one(visitor: Visitor, shop: Product, ann: Member, bob: Member) -> None:
    for place in ("id_token", "userinfo"):
        claims = asking(**{place: {"sub": {"value": ann.id}}})
        page = visitor.opens(shop, claims=claims)
        assert query_of(visitor.signs_in(page, bob.beak).headers["Location"])["error"] == "login_required"
        assert "code" in query_of(visitor.signs_in(page, ann.beak).headers["Location"])
        silent = visitor.opens(shop, claims=asking(id_token={"sub": {"value": bob.id}}), prompt="none")
        assert query_of(silent.headers["Location"])["error"] == "login_required"
        visitor.client.cookies.clear()


def test_two_subjects_at_once_are_refused(visitor: Visitor, shop: Product, ann: Member, bob: Member) -> None:
    claims = asking(id_token={"sub": {"value": ann.id}}, userinfo={"sub": {"value": bob.id}})
    assert query_of(visitor.opens(shop, claims=claims).headers["Location"])["error"] == "invalid_request"


@pytest.mark.parametrize("wish", [{"value": "urn:x"}, {"values": ["urn:x", "urn:y"]}, {"values": "urn:x"}])
def test_an_essential_way_of_signing_in_that_we_have_not_is_refused(
    visitor: Visitor, shop: Product, wish: dict[str, Any]
) -> None:
    answer = visitor.opens(shop, claims=asking(id_token={"acr": wish | {"essential": True}}))
    assert query_of(answer.headers["Location"])["error"] == "unmet_authentication_requirements"


def test_our_own_way_of_signing_in_may_be_essential(visitor: Visitor, shop: Product, ann: Member) -> None:
    wish = {"essential": True, "values": ["urn:x", "urn:uberpopug:beak"]}
    tokens = visitor.tokens_for(shop, ann.beak, claims=asking(id_token={"acr": wish}))
    assert payload_of(tokens["id_token"])["acr"] == "urn:uberpopug:beak"


def test_wishes_that_bind_nobody_are_taken(visitor: Visitor, shop: Product, ann: Member) -> None:
    tokens = visitor.tokens_for(
        shop, ann.beak, acr_values="urn:x urn:y", ui_locales="ru-RU fr", claims_locales="ru", display="popup"
    )
    assert payload_of(tokens["id_token"])["acr"] == "urn:uberpopug:beak"
