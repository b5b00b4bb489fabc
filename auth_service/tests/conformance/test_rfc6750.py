"""RFC 6750, Bearer Token Usage: at userinfo and at the REST interface."""

import pytest

from auth_service.tests.conformance.browser import Person
from auth_service.tests.conformance.relying_party import RelyingParty, Tokens, bearer


def test_the_scheme_is_compared_without_regard_to_case(shop: RelyingParty, anns: Tokens) -> None:
    """Section 2.1, by RFC 9110 section 11.1."""
    headers = {"Authorization": f"bEARER {anns.access_token}"}
    assert shop.http.get(shop.provider.at("userinfo"), headers=headers).status_code == 200


def test_a_token_in_the_address_is_no_token(shop: RelyingParty, anns: Tokens) -> None:
    """Section 2.3, which RFC 9700 section 4.3.2 forbids."""
    answer = shop.http.get(shop.provider.at("userinfo"), params={"access_token": anns.access_token})
    assert answer.status_code == 401


def test_a_token_in_the_body_needs_a_form(shop: RelyingParty, anns: Tokens) -> None:
    """Section 2.2."""
    answer = shop.http.post(shop.provider.at("userinfo"), json={"access_token": anns.access_token})
    assert answer.status_code == 401


def test_a_token_given_twice_is_an_invalid_request(shop: RelyingParty, anns: Tokens) -> None:
    """Sections 2 and 3.1."""
    form = {"access_token": anns.access_token}
    answer = shop.http.post(shop.provider.at("userinfo"), data=form, headers=bearer(anns.access_token))
    assert answer.status_code == 400
    assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]


def test_without_a_token_no_error_is_named(shop: RelyingParty) -> None:
    """Section 3.1: a challenge, and nothing about why."""
    answer = shop.http.get(shop.provider.at("userinfo"))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert "error" not in answer.headers["WWW-Authenticate"]


def test_a_bad_token_is_an_invalid_token(shop: RelyingParty) -> None:
    """Section 3.1."""
    answer = shop.userinfo("rubbish")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/userinfo", "/people"])
def test_a_token_that_allows_too_little_is_told_the_scope(shop: RelyingParty, ann: Person, path: str) -> None:
    """Section 3.1, insufficient_scope."""
    token = shop.refresh(shop.tokens_for(ann)["refresh_token"], scope="email").json()["access_token"]
    answer = shop.http.get(shop.provider.issuer + path, headers=bearer(token))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="' in answer.headers["WWW-Authenticate"]


def test_answers_with_personal_data_are_not_kept(shop: RelyingParty, anns: Tokens) -> None:
    """Section 5.3, by RFC 9111."""
    assert "no-store" in shop.userinfo(anns.access_token).headers["Cache-Control"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Basic YTpi", "Bearer,x", "token x"])
def test_a_header_that_is_none_is_refused(shop: RelyingParty, header: str) -> None:
    """Section 2.1, the grammar of credentials."""
    answer = shop.http.get(shop.provider.at("userinfo"), headers={"Authorization": header})
    assert answer.status_code == 401
