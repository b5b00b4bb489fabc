"""RFC 7662, Token Introspection."""

import time

import pytest

from auth_service.tests.conformance.browser import Person
from auth_service.tests.conformance.relying_party import RelyingParty, Tokens, claims_of


def test_a_live_access_token_is_active_and_says_what_it_says(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 2.2."""
    told = shop.introspected(anns.access_token)
    claims = claims_of(anns.access_token)
    assert told["active"] is True
    for name in ("scope", "client_id", "exp", "iat", "sub", "aud", "iss", "jti"):
        assert told[name] == claims[name], name
    assert (told["sub"], told["client_id"], told["token_type"]) == (ann.id, "shop", "Bearer")
    assert told["exp"] > time.time()


def test_a_live_refresh_token_is_active(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 2.1: refresh tokens may be asked about as well."""
    told = shop.introspected(anns["refresh_token"])
    assert (told["active"], told["sub"], told["client_id"]) == (True, ann.id, "shop")


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "x" * 5000, "ж", "\x00"])
def test_what_is_no_token_is_not_active(shop: RelyingParty, token: str) -> None:
    """Section 2.2: 200, and nothing besides."""
    assert shop.introspected(token) == {"active": False}


def test_an_id_token_is_not_active(shop: RelyingParty, anns: Tokens) -> None:
    """Section 2.1: it is neither an access token nor a refresh token."""
    assert shop.introspected(anns["id_token"]) == {"active": False}


def test_other_clients_learn_nothing(shop: RelyingParty, post: RelyingParty, anns: Tokens) -> None:
    """Section 2.2: the same answer as for no token at all."""
    for name in ("access_token", "refresh_token"):
        assert post.introspected(anns[name]) == {"active": False}


def test_a_used_refresh_token_is_not_active(shop: RelyingParty, ann: Person) -> None:
    """Section 2.2."""
    token = shop.tokens_for(ann)["refresh_token"]
    successor = shop.refresh(token).json()["refresh_token"]
    assert shop.introspected(token) == {"active": False}
    assert shop.introspected(successor)["active"]


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "pony"])
def test_the_hint_is_only_a_hint(shop: RelyingParty, anns: Tokens, hint: str) -> None:
    """Section 2.1."""
    for name in ("access_token", "refresh_token"):
        answer = shop.asks("introspection", {"token": anns[name], "token_type_hint": hint})
        assert answer.json()["active"]


def test_the_endpoint_is_for_authenticated_clients(shop: RelyingParty, spa: RelyingParty, anns: Tokens) -> None:
    """Section 2.1: to keep strangers from trying tokens."""
    url = shop.provider.at("introspection")
    for form in ({}, {"client_id": "shop"}, spa.proof()):
        answer = shop.http.post(url, data={"token": anns.access_token} | form)
        assert answer.status_code == 401
        assert "active" not in answer.json()


def test_a_missing_token_is_an_invalid_request(shop: RelyingParty) -> None:
    """Section 2.1."""
    answer = shop.asks("introspection", {"token": ""})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_the_answer_is_json_that_is_not_kept(shop: RelyingParty, anns: Tokens) -> None:
    """Sections 2.2 and 4."""
    answer = shop.asks("introspection", {"token": anns.access_token})
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_endpoint_takes_post_only(shop: RelyingParty, anns: Tokens) -> None:
    """Section 2.1: a token in an address ends up in logs."""
    answer = shop.http.get(shop.provider.at("introspection"), params={"token": anns.access_token})
    assert answer.status_code == 405
