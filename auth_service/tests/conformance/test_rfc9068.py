"""RFC 9068, JWT Profile for OAuth 2.0 Access Tokens."""

import time

from joserfc import jwt

from auth_service.tests.conformance.browser import Person
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, Tokens, claims_of, header_of


def test_the_header_says_what_it_is_and_who_signed(provider: Provider, anns: Tokens) -> None:
    """Section 2.1: typ at+jwt, and an asymmetric signature by a published key."""
    header = header_of(anns.access_token)
    assert header["typ"] == "at+jwt"
    assert header["alg"] not in ("none", "HS256")
    assert jwt.decode(anns.access_token, provider.keys(), algorithms=[header["alg"]]).claims["sub"]


def test_every_required_claim_is_there(provider: Provider, anns: Tokens, ann: Person) -> None:
    """Section 2.2."""
    claims = claims_of(anns.access_token)
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= set(claims)
    assert (claims["iss"], claims["sub"], claims["client_id"]) == (provider.issuer, ann.id, "shop")
    assert claims["iat"] <= time.time() < claims["exp"] == claims["iat"] + anns["expires_in"]


def test_the_audience_is_one_and_is_where_it_works(provider: Provider, anns: Tokens) -> None:
    """Sections 2.2 and 3."""
    assert claims_of(anns.access_token)["aud"] == provider.issuer


def test_the_scope_is_the_one_that_was_granted(anns: Tokens) -> None:
    """Section 2.2.3."""
    assert claims_of(anns.access_token)["scope"] == anns["scope"]


def test_how_the_person_signed_in_is_that_of_the_id_token(anns: Tokens) -> None:
    """Section 2.2.1, auth_time."""
    assert claims_of(anns.access_token)["auth_time"] == anns.id_claims["auth_time"]


def test_no_two_tokens_have_one_jti(shop: RelyingParty, anns: Tokens, backend: RelyingParty) -> None:
    """Section 2.2, jti."""
    answers = [backend.asks("token", {"grant_type": "client_credentials"}).json() for _ in range(3)]
    tokens = [anns.access_token, *(answer["access_token"] for answer in answers)]
    assert len({claims_of(token)["jti"] for token in tokens}) == 4


def test_a_product_that_speaks_for_itself_is_the_subject(backend: RelyingParty) -> None:
    """Section 2.2: with client credentials sub is the client."""
    token = backend.asks("token", {"grant_type": "client_credentials"}).json()["access_token"]
    assert (claims_of(token)["sub"], claims_of(token)["client_id"]) == ("backend", "backend")


def test_a_token_tells_no_secrets(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 6, privacy: it can be read by whoever holds it, so neither name nor address is in it."""
    said = str(claims_of(anns.access_token))
    assert ann.name not in said
    assert ann.email not in said
