"""OpenID Connect Core 1.0, sections 5 and 6: userinfo, claims by scope and by name, and request objects."""

import json
from typing import Any

import pytest

from auth_service.tests.conformance.browser import Browser, Person, asks_to_sign_in
from auth_service.tests.conformance.relying_party import Provider, RelyingParty, Tokens, base64url, bearer

SCOPES = {
    "profile": {"name", "picture", "locale"},
    "email": {"email", "email_verified"},
    "roles": {"role", "roles"},
}


def test_userinfo_answers_a_get(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 5.3.1; oidcc-userinfo-get."""
    assert shop.userinfo(anns.access_token).json()["sub"] == ann.id


def test_userinfo_answers_a_post_with_the_token_in_the_header(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 5.3.1; oidcc-userinfo-post-header."""
    answer = shop.http.post(shop.provider.at("userinfo"), headers=bearer(anns.access_token))
    assert answer.json()["sub"] == ann.id


def test_userinfo_answers_a_post_with_the_token_in_the_body(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 5.3.1, by RFC 6750 section 2.2; oidcc-userinfo-post-body."""
    answer = shop.http.post(shop.provider.at("userinfo"), data={"access_token": anns.access_token})
    assert answer.json()["sub"] == ann.id


def test_userinfo_is_json_about_the_person_of_the_id_token(shop: RelyingParty, anns: Tokens) -> None:
    """Section 5.3.2: the sub must be that of the ID token."""
    answer = shop.userinfo(anns.access_token)
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.json()["sub"] == anns.id_claims["sub"]
    assert None not in answer.json().values()


@pytest.mark.parametrize("token", ["rubbish", "a.b.c"])
def test_userinfo_refuses_what_is_no_token(shop: RelyingParty, token: str) -> None:
    """Section 5.3.3, by RFC 6750 section 3."""
    answer = shop.userinfo(token)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_brings_its_claims_and_no_others(shop: RelyingParty, ann: Person, scope: str) -> None:
    """Section 5.4; oidcc-scope-profile, oidcc-scope-email."""
    tokens = shop.tokens_for(ann, scope=f"openid {scope}")
    assert set(shop.userinfo(tokens.access_token).json()) == {"sub"} | SCOPES[scope]


def test_all_scopes_bring_all_claims(shop: RelyingParty, anns: Tokens) -> None:
    """Section 5.4; oidcc-scope-all."""
    assert set(shop.userinfo(anns.access_token).json()) == {"sub"}.union(*SCOPES.values())


def test_standard_claims_are_of_the_standard_types(shop: RelyingParty, anns: Tokens, ann: Person) -> None:
    """Section 5.1."""
    told = shop.userinfo(anns.access_token).json()
    assert (told["name"], told["email"], told["email_verified"]) == (ann.name, ann.email, True)
    picture = shop.http.get(told["picture"])
    assert picture.headers["Content-Type"].startswith("image/")


CLAIMS: list[tuple[dict[str, Any], set[str]]] = [
    ({"userinfo": {"name": {"essential": True}}}, {"name"}),
    ({"userinfo": {"name": None, "email": {"value": "somebody@else.example"}}}, {"name", "email"}),
    ({"userinfo": {"role": None, "wings": {"essential": True}}, "elsewhere": {"x": None}}, {"role"}),
    ({"userinfo": None}, set()),
]


@pytest.mark.parametrize(("wanted", "told"), CLAIMS)
def test_claims_may_be_asked_for_by_name(
    shop: RelyingParty, ann: Person, wanted: dict[str, Any], told: set[str]
) -> None:
    """Section 5.5; oidcc-claims-essential: unknown claims and members are ignored, a wished value changes nothing."""
    tokens = shop.tokens_for(ann, scope="openid", claims=json.dumps(wanted))
    assert set(shop.userinfo(tokens.access_token).json()) == {"sub"} | told


def test_claims_may_be_asked_for_in_the_id_token(shop: RelyingParty, ann: Person) -> None:
    """Section 5.5."""
    tokens = shop.tokens_for(ann, scope="openid", claims=json.dumps({"id_token": {"email": None}}))
    assert tokens.id_claims["email"] == ann.email
    assert "email" not in shop.userinfo(tokens.access_token).json()


def test_auth_time_may_be_asked_for_as_a_claim(shop: RelyingParty, ann: Person) -> None:
    """Section 5.5.1, an essential auth_time."""
    wanted = json.dumps({"id_token": {"auth_time": {"essential": True}}})
    assert shop.tokens_for(ann, scope="openid", claims=wanted).id_claims["auth_time"]


def test_a_sub_with_a_value_must_come_true(shop: RelyingParty, ann: Person, bob: Person, signed_in: Browser) -> None:
    """Section 5.5.1, by section 3.1.2.2."""
    anns, bobs = (json.dumps({"id_token": {"sub": {"value": person.id}}}) for person in (ann, bob))
    assert shop.tokens_for(ann, signed_in, claims=anns, prompt="none").id_claims["sub"] == ann.id
    assert shop.error_of(signed_in, claims=bobs, prompt="none") == "login_required"
    assert asks_to_sign_in(shop.sends(signed_in, claims=bobs))


def test_an_essential_acr_that_nobody_has_is_an_error(shop: RelyingParty, signed_in: Browser) -> None:
    """Section 5.5.1.1, and Unmet Authentication Requirements section 3."""
    wanted = json.dumps({"id_token": {"acr": {"essential": True, "values": ["urn:gold"]}}})
    assert shop.error_of(signed_in, claims=wanted) == "unmet_authentication_requirements"


def test_an_acr_that_is_only_wished_for_does_no_harm(shop: RelyingParty, ann: Person, signed_in: Browser) -> None:
    """Section 5.5.1.1: voluntary, so the sign-in goes on and says what it is."""
    wanted = json.dumps({"id_token": {"acr": {"values": ["urn:gold"]}}})
    assert shop.tokens_for(ann, signed_in, claims=wanted).id_claims["acr"] != "urn:gold"


@pytest.mark.parametrize("claims", ["{", "[]", '{"userinfo": []}', '{"id_token": "email"}', "[" * 500])
def test_claims_that_are_no_object_of_objects_are_refused(shop: RelyingParty, guest: Browser, claims: str) -> None:
    """Section 5.5."""
    assert shop.error_of(guest, claims=claims) == "invalid_request"


def unsigned_request(parameters: dict[str, str]) -> str:
    parts = [{"alg": "none"}, parameters]
    return ".".join([*(base64url(json.dumps(part).encode()) for part in parts), ""])


def test_an_unsigned_request_object_is_refused_as_unsupported(shop: RelyingParty, guest: Browser) -> None:
    """Sections 3.1.2.6 and 6.1; oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported."""
    request = unsigned_request({"client_id": "shop", "response_type": "code"})
    assert shop.error_of(guest, request=request) == "request_not_supported"


def test_a_request_object_does_not_choose_the_redirect_uri(shop: RelyingParty, guest: Browser) -> None:
    """Section 6.1; oidcc-ensure-request-object-with-redirect-uri: refused, and at the registered place."""
    request = unsigned_request({"redirect_uri": "https://evil.example/"})
    assert shop.error_of(guest, request=request) == "request_not_supported"


def test_a_request_uri_is_refused_as_unsupported(shop: RelyingParty, guest: Browser) -> None:
    """Sections 3.1.2.6 and 6.2; oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported."""
    assert shop.error_of(guest, request_uri="https://shop.example/r.jwt") == "request_uri_not_supported"


def test_a_registration_parameter_is_refused_as_unsupported(shop: RelyingParty, guest: Browser) -> None:
    """Sections 3.1.2.6 and 7.2.1."""
    assert shop.error_of(guest, registration="{}") == "registration_not_supported"


def test_discovery_says_that_request_objects_are_not_supported(provider: Provider) -> None:
    """Section 6, by Discovery section 3, where request_uri is supported unless it is denied."""
    assert provider.metadata["request_parameter_supported"] is False
    assert provider.metadata["request_uri_parameter_supported"] is False
    assert provider.metadata["claims_parameter_supported"] is True
