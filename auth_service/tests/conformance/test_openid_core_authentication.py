"""OpenID Connect Core 1.0, section 3.1.2: the authentication request, its parameters, and how it is answered."""

import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from auth_service.tests.conformance.browser import Browser, Person, asks_for_consent, asks_to_sign_in
from auth_service.tests.conformance.pages import form_with_button, forms_of
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, bearer, parameters_of


def test_the_code_flow_signs_somebody_in(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1; oidcc-server, oidcc-ensure-request-with-valid-pkce-succeeds."""
    tokens = shop.tokens_for(ann)
    assert tokens.id_claims["sub"] == shop.userinfo(tokens.access_token).json()["sub"] == ann.id


def test_without_the_scope_openid_it_is_oauth_alone(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1, scope."""
    code, attempt = shop.code_for(ann, scope="profile")
    assert "id_token" not in shop.redeem(code, attempt).json()


def test_unknown_scope_values_are_ignored(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1, scope; oidcc-scope-address and oidcc-scope-phone, which are told to nobody here."""
    tokens = shop.tokens_for(ann, scope="openid address phone wings")
    assert tokens["scope"] == "openid"
    assert set(shop.userinfo(tokens.access_token).json()) == {"sub"}


def test_the_order_of_scope_values_means_nothing(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1, scope; oidcc-ensure-other-scope-order-succeeds."""
    assert shop.tokens_for(ann, scope="email openid").id_claims["email"] == ann.email


def test_a_missing_response_type_is_an_error(shop: RelyingParty, guest: Browser) -> None:
    """Section 3.1.2.1, response_type; oidcc-response-type-missing."""
    assert shop.error_of(guest, response_type=None) == "invalid_request"


@pytest.mark.parametrize("response_type", ["token", "id_token", "code id_token", "code token", "none"])
def test_other_response_types_are_unsupported(shop: RelyingParty, guest: Browser, response_type: str) -> None:
    """Section 3.1.2.6."""
    assert shop.error_of(guest, response_type=response_type) == "unsupported_response_type"


@pytest.mark.parametrize("client_id", [None, "nobody"])
def test_without_a_known_client_nobody_is_sent_anywhere(
    shop: RelyingParty, guest: Browser, client_id: str | None
) -> None:
    """Section 3.1.2.1, client_id."""
    answer = shop.sends(guest, client_id=client_id)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    "uri",
    ["https://shop.example/other", "https://shop.example/callback?foo=bar", "https://shop.example/callback/"],
)
def test_an_unregistered_redirect_uri_is_an_error_page(shop: RelyingParty, guest: Browser, uri: str) -> None:
    """Section 3.1.2.1, redirect_uri; oidcc-ensure-registered-redirect-uri, oidcc-redirect-uri-query-added."""
    answer = shop.sends(guest, redirect_uri=uri)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_a_registered_redirect_uri_keeps_its_query(post: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1, redirect_uri; oidcc-redirect-uri-query-OK."""
    tokens = post.tokens_for(ann, redirect_uri="https://post.example/callback?tenant=7&x=%20")
    assert tokens.id_claims["sub"] == ann.id


@pytest.mark.parametrize("query", ["?tenant=8&x=%20", "?x=%20&tenant=7", "?tenant=7&x=+", "?tenant=7&x=%20&y=1"])
def test_another_query_than_the_registered_one_is_an_error_page(post: RelyingParty, guest: Browser, query: str) -> None:
    """Section 3.1.2.1, redirect_uri: simple string comparison; oidcc-redirect-uri-query-mismatch."""
    answer = post.sends(guest, redirect_uri="https://post.example/callback" + query)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize("state", ["a b+c&d=e%20/?#", "ж-попуг-🦜", "s" * 1000, None])
def test_state_comes_back_to_the_letter(shop: RelyingParty, guest: Browser, ann: Person, state: str | None) -> None:
    """Section 3.1.2.1, state."""
    attempt = shop.attempt(state=state)
    assert "code" in shop.comes_back(guest, ann, attempt)


def test_the_nonce_is_in_the_id_token_to_the_letter(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1, nonce."""
    nonce = "n:" + "+ /=&%" + str(time.time_ns())
    assert shop.tokens_for(ann, nonce=nonce).id_claims["nonce"] == nonce


def test_a_request_without_nonce_succeeds(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1, nonce; oidcc-ensure-request-without-nonce-succeeds-for-code-flow."""
    assert "nonce" not in shop.tokens_for(ann, nonce=None).id_claims


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
def test_every_display_shows_the_sign_in_page(shop: RelyingParty, guest: Browser, display: str) -> None:
    """Section 3.1.2.1, display; oidcc-display-page, oidcc-display-popup."""
    assert asks_to_sign_in(shop.sends(guest, display=display))


def test_prompt_none_of_nobody_is_login_required(shop: RelyingParty, guest: Browser) -> None:
    """Section 3.1.2.6; oidcc-prompt-none-not-logged-in."""
    assert shop.error_of(guest, prompt="none") == "login_required"


def test_prompt_none_of_somebody_answers_at_once(shop: RelyingParty, ann: Person, signed_in: Browser) -> None:
    """Section 3.1.2.1, prompt; oidcc-prompt-none-logged-in."""
    tokens = shop.tokens_for(ann, signed_in, prompt="none")
    assert tokens.id_claims["sub"] == ann.id


def test_prompt_none_says_that_consent_is_missing(other: RelyingParty, signed_in: Browser) -> None:
    """Section 3.1.2.6, consent_required."""
    assert other.error_of(signed_in, prompt="none") == "consent_required"


def test_prompt_none_goes_with_no_other_value(shop: RelyingParty, guest: Browser) -> None:
    """Section 3.1.2.1, prompt."""
    assert shop.error_of(guest, prompt="none login") == "invalid_request"


def test_prompt_login_asks_again_and_auth_time_moves(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.2.1, prompt and max_age; oidcc-prompt-login, oidcc-max-age-1."""
    first = shop.tokens_for(ann, guest)
    for changes in ({"prompt": "login"}, {"max_age": "1"}):
        time.sleep(1.05)
        attempt = shop.attempt(**changes)
        page = guest.opens(attempt.url)
        assert asks_to_sign_in(page), changes
        code = shop.validated(guest.signs_in(page, ann), attempt)["code"]
        id_token = shop.redeem(code, attempt).json()["id_token"]
        again = shop.verified(id_token, nonce=attempt.parameters["nonce"])
        assert again["auth_time"] > first.id_claims["auth_time"]
        assert again["sub"] == first.id_claims["sub"]


def test_a_sign_in_within_max_age_is_good_enough(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.2.1, max_age: auth_time must be told; oidcc-max-age-10000."""
    first = shop.tokens_for(ann, guest)
    again = shop.tokens_for(ann, guest, max_age="10000", prompt="none")
    assert again.id_claims["auth_time"] == first.id_claims["auth_time"]


def test_max_age_zero_asks_always(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 3.1.2.1, max_age."""
    assert asks_to_sign_in(shop.sends(signed_in, max_age="0"))
    assert shop.error_of(signed_in, max_age="0", prompt="none") == "login_required"


def test_prompt_consent_asks_even_a_trusted_product(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 3.1.2.1, prompt."""
    assert asks_for_consent(shop.sends(signed_in, prompt="consent"))


def test_prompt_select_account_lets_choose(shop: RelyingParty, ann: Person, signed_in: Browser) -> None:
    """Section 3.1.2.1, prompt."""
    attempt = shop.attempt(prompt="select_account")
    form = form_with_button(signed_in.opens(attempt.url).text, "person", ann.id)
    assert form
    assert "code" in shop.validated(signed_in.submits(form, person=ann.id), attempt)


def test_consent_is_asked_refused_given_and_remembered(other: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.2.4, and section 3.1.2.6, access_denied."""
    attempt = other.attempt()
    page = guest.signs_in(guest.opens(attempt.url), ann)
    assert other.validated(guest.decides(page, "cancel"), attempt)["error"] == "access_denied"
    assert "code" in other.comes_back(guest, ann, other.attempt())
    assert "code" in other.comes_back(guest, ann, other.attempt(prompt="none"))


def test_an_unknown_parameter_is_ignored(shop: RelyingParty, ann: Person) -> None:
    """Section 3.1.2.1; oidcc-ensure-request-with-unknown-parameter-succeeds."""
    assert shop.tokens_for(ann, extra="foobar").id_claims["sub"] == ann.id


def test_an_id_token_hint_of_whoever_is_signed_in_goes_on(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.2.1, id_token_hint; oidcc-id-token-hint."""
    hint = shop.tokens_for(ann, guest)["id_token"]
    assert shop.tokens_for(ann, guest, id_token_hint=hint, prompt="none").id_claims["sub"] == ann.id


def test_an_id_token_hint_of_somebody_else_is_login_required(
    shop: RelyingParty, bob: Person, signed_in: Browser
) -> None:
    """Section 3.1.2.1, id_token_hint."""
    hint = shop.tokens_for(bob)["id_token"]
    assert shop.error_of(signed_in, id_token_hint=hint, prompt="none") == "login_required"
    assert asks_to_sign_in(shop.sends(signed_in, id_token_hint=hint))


@pytest.mark.parametrize(
    "hint",
    [
        {"login_hint": "ann@uberpopug.example"},
        {"ui_locales": "se"},
        {"ui_locales": "ru-RU en"},
        {"claims_locales": "se"},
        {"acr_values": "1 2"},
        {"login_hint": "\x00%%", "ui_locales": "!"},
    ],
)
def test_hints_never_stand_in_the_way(shop: RelyingParty, ann: Person, hint: dict[str, Any]) -> None:
    """Section 3.1.2.1; oidcc-login-hint, oidcc-ui-locales, oidcc-claims-locales, and
    oidcc-ensure-request-with-acr-values-succeeds: these are wishes, and an acr is told whatever was wished for."""
    assert shop.tokens_for(ann, **hint).id_claims["acr"]


def test_the_request_may_come_by_post(provider: Provider, shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.2.1; oidcc-ensure-post-request-succeeds."""
    attempt = shop.attempt()
    page = guest.posts(provider.at("authorization"), attempt.parameters)
    assert "code" in shop.validated(guest.signs_in(page, ann), attempt)


def test_a_post_finds_whoever_is_signed_in(provider: Provider, shop: RelyingParty, signed_in: Browser) -> None:
    """Section 3.1.2.1: GET and POST are one endpoint."""
    attempt = shop.attempt(prompt="none")
    assert "code" in shop.validated(signed_in.posts(provider.at("authorization"), attempt.parameters), attempt)


def test_a_repeated_parameter_is_refused(shop: RelyingParty, guest: Browser) -> None:
    """Section 3.1.2.2, by RFC 6749 section 3.1."""
    attempt = shop.attempt()
    answer = guest.opens(f"{attempt.url}&{urlencode({'prompt': 'login'})}&prompt=none")
    assert shop.validated(answer, attempt)["error"] == "invalid_request"


@pytest.mark.parametrize("mode", ["query", None])
def test_the_answer_is_in_the_query(shop: RelyingParty, signed_in: Browser, mode: str | None) -> None:
    """Section 3.1.2.5, and OAuth 2.0 Multiple Response Types section 2.1."""
    location = shop.sends(signed_in, response_mode=mode).headers["Location"]
    assert set(parameters_of(location)) == {"code", "state", "iss"}
    assert not urlsplit(location).fragment


@pytest.mark.parametrize("prompt", ["none", "login"])
def test_form_post_answers_with_a_form(shop: RelyingParty, ann: Person, signed_in: Browser, prompt: str) -> None:
    """OAuth 2.0 Form Post Response Mode section 2, with a code and with an error."""
    attempt = shop.attempt(response_mode="form_post", prompt=prompt)
    page = signed_in.opens(attempt.url)
    if prompt == "login":
        page = signed_in.signs_in(page, ann)
    form = next(form for form in forms_of(page.text) if form.action == shop.redirect_uri)
    assert form.method == "post"
    assert form.fields["state"] == attempt.parameters["state"]
    assert {"code", "iss"} < set(form.fields)
    assert page.headers["Cache-Control"] == "no-store"


def test_form_post_carries_errors_as_well(shop: RelyingParty, guest: Browser) -> None:
    """OAuth 2.0 Form Post Response Mode section 2."""
    page = shop.sends(guest, response_mode="form_post", prompt="none")
    form = next(form for form in forms_of(page.text) if form.action == shop.redirect_uri)
    assert form.fields["error"] == "login_required"


def test_a_code_and_an_id_token_are_never_in_a_page_address_of_ours(shop: RelyingParty, ann: Person) -> None:
    """Section 16.4: what leads to the product is a redirect, not a page whose address could leak."""
    attempt = shop.attempt()
    browser = shop.provider.new_browser()
    page = browser.opens(attempt.url)
    answer = browser.signs_in(page, ann)
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert dict(parse_qsl(urlsplit(answer.headers["Location"]).query)).keys() == {"code", "state", "iss"}


def test_an_access_token_may_not_be_used_to_authorize(shop: RelyingParty, ann: Person, guest: Browser) -> None:
    """Section 3.1.2.3: only the guest session speaks for a person here."""
    token = shop.tokens_for(ann).access_token
    answer = guest.http.get(shop.attempt(prompt="none").url, headers=bearer(token))
    assert parameters_of(answer.headers["Location"])["error"] == "login_required"
