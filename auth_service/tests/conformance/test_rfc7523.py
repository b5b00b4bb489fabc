"""RFC 7523, JWT Profile for Client Authentication (private_key_jwt of OpenID Connect Core section 9)."""

import time
from typing import Any

import pytest
from httpx2 import Response
from joserfc.jwk import ECKey

from auth_service.tests.conformance.relying_party import ASSERTION_TYPE, RelyingParty

PLENTY = 10**6
WRONG: dict[str, dict[str, Any]] = {
    "no iss": {"iss": None},
    "another iss": {"iss": "shop"},
    "no sub": {"sub": None},
    "another sub": {"sub": "shop"},
    "no aud": {"aud": None},
    "another aud": {"aud": "https://elsewhere.example"},
    "aud besides": {"aud": ["https://elsewhere.example"]},
    "no exp": {"exp": None},
    "expired": {"exp": int(time.time()) - 120},
    "exp far away": {"exp": int(time.time()) + PLENTY},
    "exp in words": {"exp": "tomorrow"},
    "not yet": {"nbf": int(time.time()) + PLENTY},
    "iat in the future": {"iat": int(time.time()) + PLENTY},
    "no jti": {"jti": None},
    "jti as a number": {"jti": 1},
}


def ask(party: RelyingParty, assertion: str, **changes: str) -> Response:
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return party.http.post(party.provider.at("token"), data=form | changes)


def test_a_good_assertion_authenticates(signer: RelyingParty) -> None:
    """Section 2.2, with and without the client_id beside it."""
    assert ask(signer, signer.assertion()).status_code == 200
    assert ask(signer, signer.assertion(), client_id="signer").status_code == 200


@pytest.mark.parametrize("place", ["issuer", "token_endpoint"])
def test_the_audience_is_the_issuer_or_the_token_endpoint(signer: RelyingParty, place: str) -> None:
    """Section 3, item 3."""
    audience = signer.provider.metadata[place]
    for aud in (audience, [audience]):
        assert ask(signer, signer.assertion(aud=aud)).status_code == 200


@pytest.mark.parametrize("kind", WRONG)
def test_an_assertion_that_is_not_quite_right_is_refused(signer: RelyingParty, kind: str) -> None:
    """Section 3, items 1 to 8."""
    answer = ask(signer, signer.assertion(**WRONG[kind]))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_assertion_is_good_for_once(signer: RelyingParty) -> None:
    """Section 3, item 7, and OpenID Connect Core section 9."""
    assertion = signer.assertion()
    assert [ask(signer, assertion).status_code for _ in range(2)] == [200, 401]


def test_a_strangers_signature_is_refused(signer: RelyingParty) -> None:
    """Section 3, item 9."""
    stranger = RelyingParty(signer.provider, "signer", key=ECKey.generate_key("P-256", {"kid": "mine"}))
    assert ask(signer, stranger.assertion()).status_code == 401


@pytest.mark.parametrize("header", [{"kid": "mine"}, {"typ": "JWT"}, {"typ": "client-authentication+jwt"}])
def test_usual_headers_are_taken(signer: RelyingParty, header: dict[str, str]) -> None:
    """RFC 7515 sections 4.1.4 and 4.1.9."""
    assert ask(signer, signer.assertion(header=header)).status_code == 200


@pytest.mark.parametrize("header", [{"kid": "another"}, {"typ": "at+jwt"}, {"jku": "https://evil.example/jwks"}])
def test_strange_headers_are_refused(signer: RelyingParty, header: dict[str, str]) -> None:
    """RFC 8725 sections 3.10 and 3.11."""
    assert ask(signer, signer.assertion(header=header)).status_code == 401


@pytest.mark.parametrize("changes", [{"client_id": "shop"}, {"client_assertion_type": "urn:made-up"}])
def test_what_stands_beside_it_must_agree(signer: RelyingParty, changes: dict[str, str]) -> None:
    """RFC 7521 section 4.2."""
    assert ask(signer, signer.assertion(), **changes).status_code == 401


def test_a_client_with_a_secret_does_not_authenticate_with_an_assertion(
    shop: RelyingParty, signer: RelyingParty
) -> None:
    """OpenID Connect Core section 9: only in the way that was registered."""
    assertion = signer.assertion(iss="shop", sub="shop")
    assert ask(shop, assertion).status_code == 401


@pytest.mark.parametrize("endpoint", ["introspection", "revocation"])
def test_the_other_endpoints_take_it_as_well(signer: RelyingParty, endpoint: str) -> None:
    """RFC 7009 section 2.1 and RFC 7662 section 2.1: authentication as at the token endpoint."""
    assert signer.asks(endpoint, {"token": "x"}).status_code == 200
