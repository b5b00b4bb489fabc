"""RFC 9700, Best Current Practice for OAuth 2.0 Security, where the other files do not say it already."""

import time

import pytest

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.pages import form_with_field
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, bearer, claims_of

CALLBACK = "https://shop.example/callback"


@pytest.mark.parametrize(
    "uri",
    [
        "https://shop.example@evil.example/callback",
        "https://shop.example.evil.example/callback",
        "https://evil.example/?https://shop.example/callback",
        "https://shop.example/callback/../evil",
        "https://shop.example/callback%2f..%2fevil",
        "https://SHOP.example/callback",
        "https://shop.example:443/callback",
        "http://shop.example/callback",
        "https://shop.example/callback#fragment",
        "https://shop.example\\@evil.example/callback",
        "//evil.example/callback",
        "javascript:alert(1)//https://shop.example/callback",
        "https://shop.example/callback\x00",
        " https://shop.example/callback",
    ],
)
def test_redirect_uris_are_compared_as_exact_strings(shop: RelyingParty, guest: Browser, uri: str) -> None:
    """Sections 2.1 and 4.1.3; no open redirector (section 4.11.2)."""
    answer = shop.sends(guest, redirect_uri=uri)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)
    assert "evil" not in answer.text


@pytest.mark.parametrize("changes", [{"client_id": "nobody"}, {"redirect_uri": "https://evil.example/"}])
def test_prompt_none_is_no_open_redirector_either(shop: RelyingParty, guest: Browser, changes: dict[str, str]) -> None:
    """Section 4.11.2: nobody is sent to a place that is not registered, whatever the error."""
    assert "Location" not in shop.sends(guest, prompt="none", **changes).headers


def test_the_authorization_endpoint_is_not_for_scripts(provider: Provider, shop: RelyingParty) -> None:
    """Section 2.6: no CORS at the authorization endpoint."""
    headers = {"Origin": "http://127.0.0.1:9000", "Access-Control-Request-Method": "GET"}
    for answer in (
        provider.http.options(provider.at("authorization"), headers=headers),
        provider.http.get(shop.attempt().url, headers=headers),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_after_the_sign_in_form_comes_a_303(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 4.12: a 307 would send the credentials on to the product."""
    assert guest.signs_in(shop.sends(guest), ann).status_code == 303
    again = guest.http.post(shop.provider.at("authorization"), data=shop.attempt().parameters)
    assert again.status_code == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_the_sign_in_form_is_taken_from_our_own_page_only(
    shop: RelyingParty, ann: Person, guest: Browser, origin: str | None
) -> None:
    """Section 4.7: nobody is signed in by another site's form."""
    form = form_with_field(shop.sends(guest).text, "beak_shape")
    assert form
    headers = {"Origin": origin} if origin else {}
    answer = guest.http.post(form.action, data=form.fields | {"beak_shape": ann.beak_shape}, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_stolen_code_is_of_no_use_without_its_verifier(
    shop: RelyingParty, post: RelyingParty, ann: Person, bob: Person
) -> None:
    """Section 4.5: injected into an attempt of somebody else, or into another client."""
    code, anns = shop.code_for(ann)
    _, bobs = shop.code_for(bob)
    assert shop.redeem(code, bobs).json()["error"] == "invalid_grant"
    assert post.redeem(code, anns).json()["error"] == "invalid_grant"
    assert shop.redeem(code, anns).status_code == 200, "the honest client is not harmed by it"


def test_nobody_uses_one_nonce_twice(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 4.5.3.2: a nonce belongs to one transaction."""
    attempt = shop.attempt()
    code = shop.comes_back(guest, ann, attempt)["code"]
    assert shop.redeem(code, attempt).status_code == 200
    assert shop.error_of(guest, nonce=attempt.parameters["nonce"]) == "invalid_request"


def test_refresh_tokens_rotate(shop: RelyingParty, ann: Person) -> None:
    """Section 4.14.2."""
    first = shop.tokens_for(ann)["refresh_token"]
    second = shop.refresh(first).json()["refresh_token"]
    third = shop.refresh(second).json()["refresh_token"]
    assert len({first, second, third}) == 3


def test_a_repeated_refresh_gets_the_same_successor(spa: RelyingParty, ann: Person) -> None:
    """Section 4.14.2, for an answer that was lost on its way: within ten seconds, and for public clients too."""
    first = spa.tokens_for(ann)["refresh_token"]
    assert spa.refresh(first).json()["refresh_token"] == spa.refresh(first).json()["refresh_token"]


@pytest.mark.thorough
def test_a_refresh_token_that_is_used_again_later_ends_its_family(spa: RelyingParty, ann: Person) -> None:
    """Section 4.14.2: the server can not tell the thief from the owner, so both are out."""
    first = spa.tokens_for(ann)["refresh_token"]
    newer = spa.refresh(first).json()
    time.sleep(10.5)
    assert spa.refresh(first).json()["error"] == "invalid_grant"
    assert spa.refresh(newer["refresh_token"]).json()["error"] == "invalid_grant"
    assert spa.userinfo(newer["access_token"]).status_code == 401


def test_a_token_for_one_api_is_none_for_another(signer: RelyingParty, ann: Person) -> None:
    """Section 2.3: an access token for the task exchange does not open the directory."""
    code, attempt = signer.code_for(ann, scope="openid ates")
    token = signer.redeem(code, attempt).json()["access_token"]
    assert claims_of(token)["aud"] == "backend"
    assert signer.userinfo(token).status_code == 401
    for path in ("/people", f"/people/{ann.id}"):
        assert signer.http.get(signer.provider.issuer + path, headers=bearer(token)).status_code == 401


def test_a_scope_is_given_to_whoever_may_have_it_only(shop: RelyingParty, ann: Person, ada: Person) -> None:
    """Section 2.3: the least that is needed; the directory is for admins, whatever a product asks for."""
    assert shop.tokens_for(ann, scope="openid people:write")["scope"] == "openid"
    assert shop.tokens_for(ada, scope="openid people:write")["scope"] == "openid people:write"


def test_no_token_travels_in_an_address(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Sections 2.1.2 and 4.3.2: neither the implicit grant nor tokens in the query."""
    location = guest.signs_in(shop.sends(guest), ann).headers["Location"]
    assert "token" not in location
    for response_type in ("token", "id_token token"):
        assert shop.error_of(guest, response_type=response_type) == "unsupported_response_type"


def test_pages_can_not_be_framed_and_leak_no_referrer(shop: RelyingParty, guest: Browser) -> None:
    """Sections 4.2.4 and 4.16."""
    page = shop.sends(guest)
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_a_forged_host_does_not_change_the_metadata(provider: Provider) -> None:
    """Section 4.13: the issuer is a setting, not what a proxy or a stranger says."""
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    answer = provider.http.get(f"{provider.issuer}/.well-known/openid-configuration", headers=headers)
    assert answer.json() == provider.metadata
