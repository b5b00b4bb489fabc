"""The token endpoint: who may exchange what, and what a mistake is answered with."""

import base64

import pytest
from fastapi.testclient import TestClient

from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import BACKEND, Product, payload_of
from auth_service.tests.visitor import Visitor

CREDENTIALS = {"grant_type": "client_credentials"}


def test_a_code_dies_after_sixty_seconds(visitor: Visitor, shop: Product, ann: Member, clock: MovableClock) -> None:
    code = visitor.code_for(shop, ann.beak)
    clock.advance(seconds=60)
    assert shop.exchange(code).json()["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_product(visitor: Visitor, shop: Product, wiki: Product, ann: Member) -> None:
    code = visitor.code_for(shop, ann.beak)
    wiki.verifier = shop.verifier
    assert wiki.exchange(code, redirect_uri=shop.callback).json()["error"] == "invalid_grant"
    assert shop.exchange(code).status_code == 200


@pytest.mark.parametrize("uri", [None, "https://shop.example/", "https://shop.example/callback/"])
def test_a_code_is_bound_to_its_redirect_uri(visitor: Visitor, shop: Product, ann: Member, uri: str | None) -> None:
    code = visitor.code_for(shop, ann.beak)
    assert shop.exchange(code, redirect_uri=uri).json()["error"] == "invalid_grant"


def test_a_code_is_dead_when_its_person_signed_out_meanwhile(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    code = visitor.code_for(shop, ann.beak)
    visitor.decides(client.get("/sign-out"), "sign-out")
    assert shop.exchange(code).json()["error"] == "invalid_grant"


def test_a_refresh_token_is_bound_to_its_product(visitor: Visitor, shop: Product, wiki: Product, ann: Member) -> None:
    token = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    assert wiki.refresh(token).json()["error"] == "invalid_grant"
    assert shop.refresh(token).status_code == 200


def test_a_refresh_token_is_only_given_for_offline_access(visitor: Visitor, shop: Product, ann: Member) -> None:
    assert "refresh_token" not in visitor.tokens_for(shop, ann.beak, scope="openid profile")


def test_a_refresh_token_rests_twelve_hours_at_most(
    visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    token = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    for _ in range(3):
        clock.advance(hours=11)
        token = shop.refresh(token).json()["refresh_token"]
    clock.advance(hours=12)
    assert shop.refresh(token).json()["error"] == "invalid_grant"


def test_a_refresh_renews_the_id_token_without_its_nonce(
    visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    first = visitor.tokens_for(shop, ann.beak)
    clock.advance(minutes=5)
    second = payload_of(shop.refresh(first["refresh_token"]).json()["id_token"])
    before = payload_of(first["id_token"])
    assert {name: second[name] for name in ("iss", "sub", "aud", "sid")} == {
        name: before[name] for name in ("iss", "sub", "aud", "sid")
    }
    assert second["iat"] == before["iat"] + 300
    assert "nonce" not in second


def test_a_refresh_never_widens_the_scope(visitor: Visitor, shop: Product, ann: Member) -> None:
    token = visitor.tokens_for(shop, ann.beak, scope="openid offline_access")["refresh_token"]
    assert shop.refresh(token, scope="openid email").json()["error"] == "invalid_scope"
    assert shop.refresh(token, scope="openid").json()["scope"] == "openid"
    assert shop.refresh(token).json()["scope"] == "openid offline_access"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "pröbe\r\n"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "unauthorized_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "unauthorized_client"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "shop"}, "invalid_request"),
    ],
)
def test_a_bad_token_request_is_named_by_its_error(client: TestClient, form: dict[str, str], error: str) -> None:
    answer = client.post("/token", data=form, auth=BACKEND)
    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_body_that_is_no_form_is_an_invalid_request(client: TestClient) -> None:
    answer = client.post("/token", json=CREDENTIALS, auth=BACKEND)
    assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic " + base64.b64encode(b"backend:wrong").decode(),
        "Basic " + base64.b64encode(b"nobody:wrong").decode(),
        "Basic " + base64.b64encode(b"app:").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic !!!",
        "Basic",
        "Bearer abc",
    ],
)
def test_a_product_that_does_not_prove_itself_is_refused(client: TestClient, authorization: str) -> None:
    answer = client.post("/token", data=CREDENTIALS, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_a_confidential_product_is_not_let_in_without_its_secret(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    code = visitor.code_for(shop, ann.beak)
    shop.secret = None
    assert shop.exchange(code).json()["error"] == "invalid_client"


@pytest.mark.parametrize("in_body", [True, False])
def test_a_secret_may_come_in_the_header_or_in_the_body_whatever_was_registered(
    wiki: Product, shop: Product, in_body: bool
) -> None:
    """Client libraries differ in what they send unless told, and few people know which theirs does."""
    for product in (wiki, shop):
        product.sends_secret_in_body = in_body
        assert product.refresh("x").json()["error"] == "invalid_grant", "it was let in"
        product.secret = "guess"
        assert product.refresh("x").json()["error"] == "invalid_client"


def test_credentials_are_form_decoded(client: TestClient) -> None:
    encoded = base64.b64encode(f"%62ackend:{BACKEND[1]}".encode()).decode()
    answer = client.post("/token", data=CREDENTIALS, headers={"Authorization": f"Basic {encoded}"})
    assert answer.status_code == 200


def test_tokens_are_given_by_post_only(client: TestClient) -> None:
    assert client.get("/token?grant_type=client_credentials", auth=BACKEND).status_code == 405


def test_a_refresh_that_breaks_half_way_may_be_tried_again(
    visitor: Visitor, shop: Product, ann: Member, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    with monkeypatch.context() as patched:
        patched.setattr("auth_service.protocol.access_token.for_person", breaks)
        assert shop.refresh(token).status_code == 500
    clock.advance(minutes=1)
    assert shop.refresh(token).status_code == 200


def test_an_exchange_that_breaks_half_way_may_be_tried_again(
    visitor: Visitor, shop: Product, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = visitor.code_for(shop, ann.beak)
    with monkeypatch.context() as patched:
        patched.setattr("auth_service.protocol.access_token.for_person", breaks)
        assert shop.exchange(code).status_code == 500
    assert shop.exchange(code).status_code == 200


def breaks(*_: object) -> str:
    raise OSError("the disk is full")
