"""RFC 7009, Token Revocation."""

import pytest

from auth_service.tests.conformance.browser import Person
from auth_service.tests.conformance.relying_party import RelyingParty


@pytest.mark.parametrize("hint", [{}, {"token_type_hint": "refresh_token"}, {"token_type_hint": "access_token"}])
def test_a_revoked_refresh_token_takes_its_access_tokens_along(
    shop: RelyingParty, ann: Person, hint: dict[str, str]
) -> None:
    """Section 2.1, whatever the hint says."""
    tokens = shop.tokens_for(ann)
    assert shop.asks("revocation", {"token": tokens["refresh_token"], **hint}).status_code == 200
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert shop.userinfo(tokens.access_token).status_code == 401


def test_a_revoked_access_token_is_dead(shop: RelyingParty, ann: Person) -> None:
    """Section 2: access tokens may be revoked as well."""
    tokens = shop.tokens_for(ann)
    assert shop.asks("revocation", {"token": tokens.access_token}).status_code == 200
    assert shop.userinfo(tokens.access_token).status_code == 401
    assert shop.introspected(tokens.access_token) == {"active": False}
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("token", ["rubbish", "a.b.c", "x" * 5000, "ж", "\x00"])
def test_an_unknown_token_is_as_good_as_revoked(shop: RelyingParty, token: str) -> None:
    """Section 2.2: 200, for the client can do nothing about it."""
    assert shop.asks("revocation", {"token": token}).status_code == 200


def test_revoking_twice_is_fine(shop: RelyingParty, ann: Person) -> None:
    """Section 2.2."""
    token = shop.tokens_for(ann)["refresh_token"]
    assert [shop.asks("revocation", {"token": token}).status_code for _ in range(2)] == [200, 200]


def test_an_unknown_hint_is_ignored(shop: RelyingParty, ann: Person) -> None:
    """Section 2.1."""
    token = shop.tokens_for(ann)["refresh_token"]
    assert shop.asks("revocation", {"token": token, "token_type_hint": "pony"}).status_code == 200
    assert shop.refresh(token).json()["error"] == "invalid_grant"


def test_a_missing_token_is_an_invalid_request(shop: RelyingParty) -> None:
    """Section 2.2.1."""
    answer = shop.asks("revocation", {"token_type_hint": "access_token"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_clients_authenticate(shop: RelyingParty, ann: Person) -> None:
    """Section 2.1."""
    token = shop.tokens_for(ann)["refresh_token"]
    answer = shop.http.post(shop.provider.at("revocation"), data={"token": token, "client_id": "shop"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert shop.refresh(token).status_code == 200


def test_nobody_revokes_the_tokens_of_another_client(shop: RelyingParty, post: RelyingParty, ann: Person) -> None:
    """Section 2.1."""
    tokens = shop.tokens_for(ann)
    for name in ("refresh_token", "access_token"):
        assert post.asks("revocation", {"token": tokens[name]}).status_code == 400
    assert shop.userinfo(tokens.access_token).status_code == 200
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_a_public_client_revokes_its_own(spa: RelyingParty, ann: Person) -> None:
    """Sections 2.1 and 5: identified by its client_id."""
    token = spa.tokens_for(ann)["refresh_token"]
    assert spa.asks("revocation", {"token": token}).status_code == 200
    assert spa.refresh(token).json()["error"] == "invalid_grant"


def test_the_endpoint_takes_post_only(shop: RelyingParty) -> None:
    """Section 2.1."""
    assert shop.http.get(shop.provider.at("revocation"), params={"token": "x"}).status_code == 405


def test_scripts_of_public_clients_may_ask(spa: RelyingParty) -> None:
    """Section 2, cross-origin requests."""
    headers = {"Origin": "http://127.0.0.1:9000"}
    answer = spa.http.post(spa.provider.at("revocation"), data={"token": "x"} | spa.proof(), headers=headers)
    assert answer.headers["Access-Control-Allow-Origin"] == "http://127.0.0.1:9000"
