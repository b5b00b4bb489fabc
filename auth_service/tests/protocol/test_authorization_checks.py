"""Each check of the authorization request, by the parameter it guards: on a page until the redirect URI is right."""

from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from auth_service.tests.conftest import CALLBACK, Member, MovableClock
from auth_service.tests.product import ISSUER, Product, query_of
from auth_service.tests.visitor import Visitor


@pytest.mark.parametrize("client_id", [None, "nobody", "' OR 1=1 --", "shop "])
def test_an_unknown_product_is_a_page_never_a_redirect(visitor: Visitor, shop: Product, client_id: str | None) -> None:
    answer = visitor.opens(shop, client_id=client_id)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "This sign-in can not go on" in answer.text


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "https://shop.example/callback/more",
        "https://shop.example/callback?x=1",
        "https://shop.example/callback#x",
        "https://shop.example.evil.example/callback",
        "https://shop.example@evil.example/callback",
        "https://SHOP.example/callback",
        "https://shop.example:443/callback",
        "http://shop.example/callback",
        "https://shop.example/callback%0d%0aSet-Cookie:x=1",
        "javascript:alert(1)",
        "//evil.example/callback",
    ],
)
def test_a_redirect_uri_that_is_not_the_registered_string_is_a_page(visitor: Visitor, shop: Product, uri: str) -> None:
    answer = visitor.opens(shop, redirect_uri=uri)
    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


def test_the_redirect_uri_may_be_left_out_when_there_is_one(visitor: Visitor, shop: Product, ann: Member) -> None:
    code = visitor.code_for(shop, ann.beak, redirect_uri=None)
    assert shop.exchange(code, redirect_uri=None).status_code == 200


def test_the_redirect_uri_may_not_be_left_out_when_there_are_two(visitor: Visitor, feather_app: Product) -> None:
    assert visitor.opens(feather_app, redirect_uri=None).status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_client_id_or_redirect_uri_is_a_page(client: TestClient, shop: Product, name: str) -> None:
    query = urlencode([*shop.request().items(), (name, "https://evil.example")])
    assert client.get(f"/authorize?{query}").status_code == 400


@pytest.mark.parametrize("name", ["state", "scope", "nonce", "response_type", "code_challenge", "prompt"])
def test_any_other_repeated_parameter_is_an_invalid_request(client: TestClient, shop: Product, name: str) -> None:
    query = urlencode([*shop.request(prompt="login").items(), (name, "x")])
    assert query_of(client.get(f"/authorize?{query}").headers["Location"])["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'code "token"'}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "ates"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "eyJ.e.e"}, "request_not_supported"),
        ({"request_uri": "https://shop.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"id_token_hint": "eyJ.e.e"}, "invalid_request"),
        ({"state": "s" * 3000}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_other_mistakes_are_told_to_the_product(
    visitor: Visitor, shop: Product, changes: dict[str, str | None], error: str
) -> None:
    location = visitor.opens(shop, **changes).headers["Location"]
    assert location.startswith(CALLBACK + "?")
    assert query_of(location)["error"] == error
    assert query_of(location)["iss"] == ISSUER
    assert query_of(location)["state"] == changes.get("state", "a state")


def test_unknown_parameters_and_scopes_are_ignored(visitor: Visitor, shop: Product, ann: Member) -> None:
    tokens = visitor.tokens_for(shop, ann.beak, scope="openid fly", colour="red")
    assert tokens["scope"] == "openid"


def test_html_in_parameters_stays_text(visitor: Visitor, shop: Product) -> None:
    page = visitor.opens(shop, state='"><script>alert(1)</script>')
    assert "<script>alert" not in page.text


def test_prompt_none_answers_a_signed_in_browser_silently(visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    assert "code" in query_of(visitor.opens(shop, prompt="none", nonce="another").headers["Location"])


def test_prompt_none_says_when_consent_is_missing(visitor: Visitor, shop: Product, wiki: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    answer = query_of(visitor.opens(wiki, prompt="none").headers["Location"])
    assert answer["error"] == "consent_required"


@pytest.mark.parametrize("prompt", ["login", "login select_account", "login consent"])
def test_prompt_asks_a_signed_in_person_again(visitor: Visitor, shop: Product, ann: Member, prompt: str) -> None:
    visitor.code_for(shop, ann.beak)
    page = visitor.opens(shop, prompt=prompt, nonce="another")
    assert "Sign in to Perch Shop" in page.text
    answer = visitor.signs_in(page, ann.beak)
    if "consent" in prompt:
        answer = visitor.decides(answer, "allow")
    assert "code" in query_of(answer.headers["Location"])


def test_prompt_consent_asks_even_for_a_trusted_product(visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    page = visitor.opens(shop, prompt="consent", nonce="another")
    assert "Allow Perch Shop" in page.text
    assert "code" in query_of(visitor.decides(page, "allow").headers["Location"])


def test_max_age_asks_who_signed_in_too_long_ago(
    visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    visitor.code_for(shop, ann.beak)
    clock.advance(seconds=60)
    assert visitor.opens(shop, max_age="60", nonce="second").status_code == 303
    clock.advance(seconds=1)
    page = visitor.opens(shop, max_age="60", nonce="third")
    assert page.status_code == 200
    assert visitor.opens(shop, max_age="60", prompt="none").headers["Location"].find("login_required") > 0
    assert visitor.signs_in(page, ann.beak).status_code == 303


def test_an_id_token_hint_of_someone_else_asks_for_that_person(
    visitor: Visitor, shop: Product, ann: Member, bob: Member
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    visitor.code_for(shop, bob.beak, prompt="login", nonce="second")
    answer = visitor.opens(shop, id_token_hint=hint, prompt="none", nonce="third")
    assert query_of(answer.headers["Location"])["error"] == "login_required"
    page = visitor.opens(shop, id_token_hint=hint, nonce="third")
    assert page.status_code == 200
    assert query_of(visitor.signs_in(page, bob.beak).headers["Location"])["error"] == "login_required"
    assert visitor.opens(shop, nonce="bob is still here").status_code == 303
    assert "code" in query_of(visitor.signs_in(page, ann.beak).headers["Location"])


def test_a_hint_made_for_another_product_is_refused(
    visitor: Visitor, shop: Product, wiki: Product, ann: Member
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    answer = query_of(visitor.opens(wiki, id_token_hint=hint).headers["Location"])
    assert answer["error"] == "invalid_request"


def test_the_host_header_changes_nothing(client: TestClient, shop: Product) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    assert client.get("/.well-known/openid-configuration", headers=headers).json()["issuer"] == ISSUER
    page = client.get(f"/authorize?{urlencode(shop.request())}", headers=headers)
    assert "evil" not in page.text
    assert "evil" not in str(page.headers)
