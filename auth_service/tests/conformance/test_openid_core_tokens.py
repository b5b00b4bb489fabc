"""OpenID Connect Core 1.0, sections 2, 3.1.3, 12 and 16: redeeming a code, the ID token, and refreshing it."""

import hashlib
import time

import pytest

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.relying_party import (
    Provider,
    RelyingParty,
    Tokens,
    base64url,
    bearer,
    claims_of,
    header_of,
)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("name", ["shop", "post", "spa", "signer"])
def test_every_way_of_authentication_gets_tokens(request: pytest.FixtureRequest, ann: Person, name: str) -> None:
    """Section 9, with the algorithm that each product registered; oidcc-server-client-secret-post."""
    party: RelyingParty = request.getfixturevalue(name)
    assert party.tokens_for(ann).id_claims["sub"] == ann.id


def test_the_id_token_is_signed_with_a_published_key(shop: RelyingParty, anns: Tokens) -> None:
    """Sections 2 and 10.1; oidcc-idtoken-signature: RS256 unless something else was registered, and a kid."""
    header = header_of(anns["id_token"])
    key = next(key for key in shop.provider.keys().keys if key.kid == header["kid"])
    assert (header["alg"], key.key_type) == ("RS256", "RSA")


def test_an_unsigned_id_token_is_not_to_be_had(provider: Provider, anns: Tokens) -> None:
    """Section 2; oidcc-idtoken-unsigned."""
    assert "none" not in provider.metadata["id_token_signing_alg_values_supported"]
    assert anns["id_token"].split(".")[2]


def test_the_id_token_has_every_required_claim(provider: Provider, anns: Tokens) -> None:
    """Section 2."""
    claims = anns.id_claims
    assert claims["iss"] == provider.issuer
    assert claims["aud"] == "shop"
    assert 0 < claims["exp"] - claims["iat"] <= 3600
    assert all(type(claims[name]) is int for name in ("exp", "iat", "auth_time"))
    assert isinstance(claims["acr"], str)
    assert all(isinstance(method, str) for method in claims["amr"])


def test_auth_time_is_no_later_than_the_token(anns: Tokens) -> None:
    """Section 2, auth_time."""
    assert anns.id_claims["auth_time"] <= anns.id_claims["iat"] <= time.time()


def test_at_hash_is_the_left_half_of_the_hash_of_the_access_token(anns: Tokens) -> None:
    """Section 3.1.3.6, and the validation of section 3.1.3.8."""
    digest = hashlib.sha256(anns.access_token.encode()).digest()
    assert anns.id_claims["at_hash"] == base64url(digest[:16])


def test_sub_is_short_and_the_same_for_every_product(shop: RelyingParty, post: RelyingParty, bob: Person) -> None:
    """Sections 2 and 8: at most 255 ASCII characters, and public."""
    subs = {party.tokens_for(bob).id_claims["sub"] for party in (shop, post, shop)}
    assert subs == {bob.id}
    assert bob.id.isascii()
    assert len(bob.id) <= 255


def test_two_people_have_two_subs(shop: RelyingParty, ann: Person, bob: Person) -> None:
    """Section 5.7."""
    assert shop.tokens_for(ann).id_claims["sub"] != shop.tokens_for(bob).id_claims["sub"]


def test_the_token_answer_is_as_specified(anns: Tokens) -> None:
    """Section 3.1.3.3."""
    assert anns.answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert "no-store" in anns.answer.headers["Cache-Control"]
    assert anns["token_type"] == "Bearer"
    assert type(anns["expires_in"]) is int
    assert {"access_token", "id_token", "refresh_token", "scope"} <= set(anns.answer.json())


def test_a_code_is_good_for_one_redirect_uri(post: RelyingParty, ann: Person) -> None:
    """Section 3.1.3.2: the redirect_uri of the request, where there was one."""
    code, attempt = post.code_for(ann)
    for uri in ("https://post.example/callback?tenant=7&x=%20", None):
        assert post.redeem(code, attempt, redirect_uri=uri).json()["error"] == "invalid_grant"


def test_a_code_is_good_for_one_client(shop: RelyingParty, post: RelyingParty, ann: Person) -> None:
    """Section 3.1.3.2: issued to the client that authenticates."""
    code, attempt = shop.code_for(ann)
    assert post.redeem(code, attempt).json()["error"] == "invalid_grant"


def test_a_code_is_good_for_once(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.3.2; oidcc-codereuse: the second time is refused, and what was issued is revoked."""
    code, attempt = shop.code_for(ann)
    tokens = shop.redeem(code, attempt).json()
    again = shop.redeem(code, attempt)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert shop.userinfo(tokens["access_token"]).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.thorough
def test_a_code_is_good_for_once_after_thirty_seconds_too(shop: RelyingParty, ann: Person) -> None:
    """oidcc-codereuse-30seconds."""
    code, attempt = shop.code_for(ann)
    tokens = shop.redeem(code, attempt).json()
    time.sleep(30)
    assert shop.redeem(code, attempt).json()["error"] == "invalid_grant"
    assert shop.userinfo(tokens["access_token"]).status_code == 401


def test_nobody_may_ask_for_tokens_without_authentication(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.3.1. That a secret may come in the body as well is docs/decisions/secret-in-header-or-body.md."""
    code, attempt = shop.code_for(ann)
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": attempt.verifier}
    form |= {"redirect_uri": shop.redirect_uri, "client_id": "shop"}
    url = shop.provider.at("token")
    for wrong in (form, form | {"client_secret": "guess"}):
        answer = shop.http.post(url, data=wrong)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert shop.redeem(code, attempt).status_code == 200, "the code was not used up by it"


def test_refreshing_tells_the_same_story(shop: RelyingParty, ann: Person) -> None:
    """Section 12.2; oidcc-refresh-token: iss, sub, aud and auth_time as before, iat anew."""
    first = shop.tokens_for(ann)
    again = shop.refresh(first["refresh_token"]).json()
    claims = shop.verified(again["id_token"], nonce=claims_of(again["id_token"]).get("nonce"))
    for name in ("iss", "sub", "aud", "auth_time", "sid"):
        assert claims[name] == first.id_claims[name]
    assert claims["iat"] >= first.id_claims["iat"]
    assert claims.get("nonce") in (None, first.id_claims["nonce"])
    assert shop.userinfo(again["access_token"]).json()["sub"] == ann.id


def test_refreshing_is_for_whom_the_token_was_issued_to(shop: RelyingParty, post: RelyingParty, ann: Person) -> None:
    """Section 12.1; oidcc-refresh-token with the second client."""
    first = shop.tokens_for(ann)
    assert post.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert shop.refresh(first["refresh_token"]).status_code == 200


def test_without_offline_access_there_is_no_refresh_token(shop: RelyingParty, ann: Person) -> None:
    """Section 11."""
    assert "refresh_token" not in shop.tokens_for(ann, scope="openid").answer.json()


def test_an_id_token_is_no_access_token(shop: RelyingParty, anns: Tokens) -> None:
    """Section 16.6, and RFC 9068 section 5."""
    assert shop.userinfo(anns["id_token"]).status_code == 401


def test_a_sign_in_that_ended_yields_no_tokens(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.3.2: a code of a session that was ended meanwhile is void."""
    hint = shop.tokens_for(ann, guest)["id_token"]
    code, attempt = shop.code_for(ann, guest)
    guest.opens(shop.sign_out_url(id_token_hint=hint))
    assert shop.redeem(code, attempt).json()["error"] == "invalid_grant"


def test_mandatory_features_are_there(provider: Provider) -> None:
    """Section 15.1, for all OpenID Providers."""
    assert "RS256" in provider.metadata["id_token_signing_alg_values_supported"]
    assert {"none", "login"} <= set(provider.metadata["prompt_values_supported"])
    assert "auth_time" in provider.metadata["claims_supported"]


def test_a_product_alone_has_no_userinfo(backend: RelyingParty) -> None:
    """Section 5.3: userinfo is about an end-user."""
    token = backend.asks("token", {"grant_type": "client_credentials"}).json()["access_token"]
    answer = backend.http.get(backend.provider.at("userinfo"), headers=bearer(token))
    assert answer.status_code == 403
