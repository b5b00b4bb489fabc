"""RFC 6749, The OAuth 2.0 Authorization Framework, where OpenID Connect Core does not say it already."""

import base64
from urllib.parse import quote

import pytest
from httpx2 import Response

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.relying_party import RelyingParty, Tokens, claims_of

CREDENTIALS = {"grant_type": "client_credentials"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def error_in(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_basic_credentials_are_form_encoded(backend: RelyingParty) -> None:
    """Section 2.3.1."""
    headers = basic(quote(backend.client_id, safe=""), "".join(f"%{ord(one):02x}" for one in str(backend.secret)))
    assert backend.http.post(backend.provider.at("token"), data=CREDENTIALS, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        basic("backend", "wrong"),
        basic("nobody", "backend-" * 5),
        basic("backend", ""),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:x").decode()},
        {"Authorization": "Digest x"},
        {},
    ],
)
def test_failed_authentication_is_401_and_names_the_scheme(backend: RelyingParty, headers: dict[str, str]) -> None:
    """Section 5.2, invalid_client."""
    answer = backend.http.post(backend.provider.at("token"), data=CREDENTIALS, headers=headers)
    assert error_in(answer) == (401, "invalid_client")
    if headers:
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_two_authentications_at_once_are_refused(backend: RelyingParty) -> None:
    """Section 2.3: not more than one method in each request."""
    form = CREDENTIALS | {"client_id": "backend", "client_secret": str(backend.secret)}
    assert error_in(backend.asks("token", form)) == (400, "invalid_request")


def test_credentials_in_the_address_are_refused(backend: RelyingParty) -> None:
    """Section 2.3.1: never in the request URI."""
    query = {"client_id": "backend", "client_secret": str(backend.secret)}
    answer = backend.http.post(backend.provider.at("token"), params=query, data=CREDENTIALS)
    assert error_in(answer) == (401, "invalid_client")


def test_the_token_endpoint_takes_post_only(backend: RelyingParty) -> None:
    """Section 3.2."""
    answer = backend.http.get(backend.provider.at("token"), params=CREDENTIALS, headers=basic("backend", "x"))
    assert answer.status_code == 405


@pytest.mark.parametrize("body", [b"", b"grant_type=", b"x=1"])
def test_a_missing_grant_type_is_an_invalid_request(backend: RelyingParty, body: bytes) -> None:
    """Section 5.2; a parameter without a value counts as left out (section 3.2)."""
    headers = basic("backend", str(backend.secret)) | {"Content-Type": "application/x-www-form-urlencoded"}
    answer = backend.http.post(backend.provider.at("token"), content=body, headers=headers)
    assert error_in(answer) == (400, "invalid_request")


def test_a_body_that_is_no_form_is_an_invalid_request(backend: RelyingParty) -> None:
    """Section 4.4.2, by Appendix B."""
    answer = backend.http.post(
        backend.provider.at("token"), json=CREDENTIALS, headers=basic("backend", str(backend.secret))
    )
    assert error_in(answer) == (400, "invalid_request")


@pytest.mark.parametrize("grant_type", ["password", "implicit", "urn:ietf:params:oauth:grant-type:made-up"])
def test_other_grant_types_are_unsupported(backend: RelyingParty, grant_type: str) -> None:
    """Section 5.2, unsupported_grant_type."""
    answer = backend.asks("token", {"grant_type": grant_type, "username": "ann", "password": "x"})
    assert error_in(answer) == (400, "unsupported_grant_type")


def test_a_grant_type_that_was_not_registered_is_refused(shop: RelyingParty) -> None:
    """Section 5.2, unauthorized_client."""
    assert error_in(shop.asks("token", CREDENTIALS)) == (400, "unauthorized_client")


@pytest.mark.parametrize("name", ["grant_type", "scope"])
def test_a_repeated_parameter_is_an_invalid_request(backend: RelyingParty, name: str) -> None:
    """Section 3.2."""
    form = {key: [value] for key, value in (CREDENTIALS | {"scope": "people:read"}).items()}
    form[name] *= 2
    answer = backend.http.post(backend.provider.at("token"), data=form, headers=basic("backend", str(backend.secret)))
    assert error_in(answer) == (400, "invalid_request")


def test_unknown_parameters_are_ignored(backend: RelyingParty) -> None:
    """Section 3.2."""
    assert backend.asks("token", CREDENTIALS | {"colour": "red"}).status_code == 200


def test_client_credentials_bring_an_access_token_and_no_refresh_token(backend: RelyingParty) -> None:
    """Sections 4.4.3 and 5.1."""
    answer = backend.asks("token", CREDENTIALS)
    told = answer.json()
    assert (told["token_type"], told["scope"]) == ("Bearer", "people:read")
    assert not {"refresh_token", "id_token"} & set(told)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_scope_that_may_not_be_had_is_invalid(backend: RelyingParty) -> None:
    """Section 5.2, invalid_scope."""
    assert error_in(backend.asks("token", CREDENTIALS | {"scope": "people:write"})) == (400, "invalid_scope")


@pytest.mark.parametrize("code", ["", "rubbish", "x" * 5000, "\x00", "ж"])
def test_a_code_that_nobody_issued_is_an_invalid_grant(shop: RelyingParty, code: str) -> None:
    """Section 5.2, invalid_grant, or invalid_request where there is none."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": shop.redirect_uri}
    answer = shop.asks("token", form | {"code_verifier": "v" * 43})
    assert error_in(answer) == (400, "invalid_grant" if code else "invalid_request")


def test_errors_are_json_that_is_not_kept_and_quotes_nothing(shop: RelyingParty) -> None:
    """Section 5.2: within %x20-21 / %x23-5B / %x5D-7E, and whatever was sent is not sent back."""
    answer = shop.asks("token", {"grant_type": '<script>"\\ж</script>'})
    told = answer.json()
    assert answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "script>" not in answer.text
    assert all(" " <= one <= "~" and one not in '"\\' for one in told["error"] + told.get("error_description", ""))


def test_errors_at_the_authorization_endpoint_quote_nothing(shop: RelyingParty, guest: Browser) -> None:
    """Section 4.1.2.1, the alphabet of error_description."""
    attempt = shop.attempt(response_type='code"\\<b>ж')
    told = shop.validated(guest.opens(attempt.url), attempt)
    assert all(" " <= one <= "~" and one not in '"\\' for one in told["error_description"])


@pytest.mark.parametrize(
    "changes", [{"prompt": "none"}, {"response_type": "token"}, {"scope": "fly"}, {"request": "x"}, {"max_age": "x"}]
)
def test_every_error_has_a_description(shop: RelyingParty, guest: Browser, changes: dict[str, str]) -> None:
    """Sections 4.1.2.1 and 5.2: human-readable, to help the client developer."""
    attempt = shop.attempt(**changes)
    assert shop.validated(guest.opens(attempt.url), attempt)["error_description"]
    for form in (CREDENTIALS, {"grant_type": "refresh_token", "refresh_token": "x"}, {"grant_type": "x"}):
        assert shop.asks("token", form).json()["error_description"]


def test_a_refresh_may_narrow_the_scope_but_not_widen_it(shop: RelyingParty, ann: Person) -> None:
    """Section 6."""
    first = shop.tokens_for(ann, scope="openid email offline_access")
    narrow = shop.refresh(first["refresh_token"], scope="openid").json()
    assert claims_of(narrow["access_token"])["scope"] == "openid"
    wide = shop.refresh(narrow["refresh_token"], scope="openid email profile")
    assert error_in(wide) == (400, "invalid_scope")
    whole = shop.refresh(narrow["refresh_token"]).json()
    assert "email" in whole["scope"].split(), "the family keeps what the person granted"


def test_the_scope_is_told_when_it_is_not_what_was_asked(shop: RelyingParty, ann: Person) -> None:
    """Sections 3.3 and 5.1."""
    assert shop.tokens_for(ann, scope="openid people:write fly")["scope"] == "openid"


def test_the_redirect_uri_may_be_left_out_where_one_is_registered(shop: RelyingParty, ann: Person) -> None:
    """Sections 3.1.2.3 and 4.1.3."""
    code, attempt = shop.code_for(ann, redirect_uri=None)
    assert shop.redeem(code, attempt, redirect_uri=None).status_code == 200


def test_the_redirect_uri_may_not_be_left_out_where_several_are(post: RelyingParty, guest: Browser) -> None:
    """Section 3.1.2.3."""
    answer = post.sends(guest, redirect_uri=None)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_the_authorization_endpoint_keeps_nothing_in_caches(shop: RelyingParty, guest: Browser) -> None:
    """Section 10.5, and section 10.13: pages are not to be framed."""
    page = shop.sends(guest)
    assert page.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_tokens_and_codes_can_not_be_guessed(shop: RelyingParty, ann: Person, anns: Tokens) -> None:
    """Section 10.10: 128 bits at the least, and the RFC would have 160."""
    code, _ = shop.code_for(ann)
    assert len(set(code)) > 10
    assert len(code) * 6 >= 160
    assert len(anns["refresh_token"]) * 6 >= 160
