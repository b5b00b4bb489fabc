"""Registration: RFC 7591 metadata in, a registered product out; what is refused and why."""

from typing import Any

import pytest
from pydantic import ValidationError

from auth_service.errors import in_words
from auth_service.house import House
from auth_service.products.own import register_own_products
from auth_service.products.product import Product, origin_of
from auth_service.products.registration import ClientIdTaken, ClientMetadata, as_registered, register
from auth_service.products.uris import check_redirect_uri

WEB = {"redirect_uris": ["https://x.example/cb"]}


def registered(house: House, **metadata: Any) -> dict[str, Any]:
    with house.database.writing() as session:
        product, secret = register(session, ClientMetadata.model_validate(metadata), trusted=False, at=house.clock())
        return as_registered(product, secret)


def test_a_web_product_gets_an_id_a_secret_and_the_code_flow(house: House) -> None:
    answer = registered(house, **WEB, client_name="X")
    assert len(answer.pop("client_id")) >= 16
    assert len(answer.pop("client_secret")) >= 43
    assert answer == {
        "client_id_issued_at": int(house.clock().timestamp()),
        "client_secret_expires_at": 0,
        "client_name": "X",
        "redirect_uris": ["https://x.example/cb"],
        "post_logout_redirect_uris": [],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "id_token_signed_response_alg": "RS256",
        "scope": "openid profile email roles offline_access",
    }


def test_a_public_product_gets_no_secret(house: House) -> None:
    assert "client_secret" not in registered(house, **WEB, token_endpoint_auth_method="none")


def test_a_product_without_pages_speaks_for_itself(house: House) -> None:
    answer = registered(house, scope="people:read")
    assert answer["grant_types"] == ["client_credentials"]
    assert answer["response_types"] == []


def test_unknown_members_are_ignored(house: House) -> None:
    assert "software_statement" not in registered(house, **WEB, software_statement="x", contacts=["a@b"])


def test_a_client_id_is_registered_once(house: House) -> None:
    registered(house, **WEB, client_id="x")
    with pytest.raises(ClientIdTaken):
        registered(house, **WEB, client_id="x")


@pytest.mark.parametrize(
    "uri",
    [
        "http://x.example/cb",
        "https://x.example/cb#fragment",
        "https://user@x.example/cb",
        "https://user:pass@x.example/cb",
        "https:///cb",
        "/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:/cb",
        "https://x.example/a b",
        "https://x.example/\r\nx",
        "https://ü.example/cb",
    ],
)
def test_a_redirect_uri_that_could_be_abused_is_refused(uri: str) -> None:
    with pytest.raises(ValidationError):
        ClientMetadata(redirect_uris=[uri])


@pytest.mark.parametrize(
    "uri",
    ["https://x.example/cb?a=1", "http://127.0.0.1:3000/cb", "http://[::1]/cb", "http://localhost/", "example.app:/cb"],
)
def test_a_redirect_uri_of_a_browser_a_developer_or_a_native_application_is_fine(uri: str) -> None:
    assert ClientMetadata(redirect_uris=[uri]).redirect_uris == [uri]


@pytest.mark.parametrize(
    "metadata",
    [
        {"grant_types": ["authorization_code"]},
        {"grant_types": ["password"], **WEB},
        {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"},
        {"token_endpoint_auth_method": "client_secret_jwt", **WEB},
        {"id_token_signed_response_alg": "none", **WEB},
        {"response_types": ["token"], **WEB},
        {"backchannel_logout_uri": "http://x.example/logout", **WEB},
        {"client_uri": "javascript:alert(1)", **WEB},
        {"client_id": "a b", **WEB},
        {"client_name": "", **WEB},
    ],
)
def test_metadata_that_can_not_be_served_is_refused(metadata: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ClientMetadata.model_validate(metadata)


def test_the_houses_own_products_follow_the_settings(house: House) -> None:
    moved = house.settings.model_copy(
        update={"frontend_url": "https://ates.example", "frontend_internal_url": "http://f"}
    )
    for _ in range(2):
        with house.database.writing() as session:
            register_own_products(session, moved, at=house.clock())
    with house.database.reading() as session:
        frontend = session.get_one(Product, "frontend")
        assert frontend.redirect_uris == ["https://ates.example/callback"]
        assert frontend.post_logout_redirect_uris == ["https://ates.example/signed-out"]
        assert frontend.backchannel_logout_uri == "http://f/back-channel-logout"
        assert frontend.trusted
        backend = session.get_one(Product, "backend")
        assert (backend.grant_types, backend.scope) == (["client_credentials"], "people:read")


def test_the_origin_of_a_redirect_uri_is_what_a_policy_names() -> None:
    assert origin_of("https://x.example:8443/cb?x=1") == "https://x.example:8443"
    assert origin_of("example.app:/cb") == "example.app:"


def test_a_member_that_is_null_is_as_good_as_left_out(house: House) -> None:
    nulls = dict.fromkeys(["client_name", "scope", "grant_types", "jwks", "token_endpoint_auth_method", "client_uri"])
    answer = registered(house, **WEB, **nulls)
    assert (answer["client_name"], answer["token_endpoint_auth_method"]) == ("A product", "client_secret_basic")
    assert answer["scope"] == "openid profile email roles offline_access"


@pytest.mark.parametrize(
    ("metadata", "member"),
    [
        ({"scope": "openid groups", **WEB}, "scope"),
        ({"redirect_uris": ["https://x.example/cb"] * 2}, "redirect_uris"),
        ({"grant_types": ["authorization_code"]}, "redirect_uris"),
        ({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}, "grant_types"),
        ({"token_endpoint_auth_method": "private_key_jwt", **WEB}, "jwks"),
        ({"client_name": "two\nlines", **WEB}, "client_name"),
        ({"redirect_uris": ["https://x.example/cb", "https://*.x.example/"]}, "redirect_uris.1"),
    ],
)
def test_what_is_wrong_is_named_by_member(metadata: dict[str, Any], member: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ClientMetadata.model_validate(metadata)
    assert [in_words(one)["field"] for one in refused.value.errors()] == [member]


@pytest.mark.parametrize(
    ("uri", "problem"),
    [
        ("https://x.example/cb#here", "fragment"),
        ("https://*.x.example/cb", "wildcards"),
        ("http://x.example/cb", "must be https"),
        ("https://ann:secret@x.example/cb", "user name"),
        ("https://x.example/cb ", "space before or after"),
        ("javascript:alert(1)", "scheme javascript:"),
        ("shop:/cb", "scheme shop:"),
        ("https://x.example:99999/cb", "not an absolute URI"),
        ("https://[::1/cb", "not an absolute URI"),
        ("https://a;b.example/cb", "not an absolute URI"),
        ("https://x.example/a|b", "percent-encoded"),
        ("", "no spaces"),
    ],
)
def test_what_is_wrong_with_a_redirect_uri_is_a_sentence(uri: str, problem: str) -> None:
    assert problem in check_redirect_uri(uri).problem


@pytest.mark.parametrize(
    ("uri", "hint"),
    [
        ("https://x.example/cb", ""),
        ("https://192.0.2.7/cb", "a name is better"),
        ("http://localhost:3000/cb", "127.0.0.1 is safer"),
        ("http://127.0.0.1:3000/cb", "own machine"),
        ("https://X.example/cb", "lower case"),
        ("https://x.example", "without a slash"),
        ("com.example.app:/cb", ""),
    ],
)
def test_a_redirect_uri_that_is_fine_may_deserve_a_hint(uri: str, hint: str) -> None:
    verdict = check_redirect_uri(uri)
    assert verdict.ok
    assert hint in verdict.hint if hint else not verdict.hint
