"""The eight traps of Authlib 1.9.9 that design/sign_in.md names: each is shown not to be ours."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from auth_service.house import House
from auth_service.keys import tokens as strict
from auth_service.keys.tokens import TokenRefused
from auth_service.products.product import Product as ProductRow
from auth_service.protocol.authorization_code import AuthorizationCode
from auth_service.protocol.refresh_token import RefreshToken
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.product import ISSUER, Product, payload_of, query_of
from auth_service.tests.visitor import Visitor


def test_trap_1_of_many_exchanges_of_one_code_at_once_one_wins(visitor: Visitor, shop: Product, ann: Member) -> None:
    code = visitor.code_for(shop, ann.beak)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: shop.exchange(code), range(12)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 11
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}


def test_trap_2_a_replayed_code_revokes_what_it_has_issued(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    code = visitor.code_for(shop, ann.beak)
    tokens = shop.exchange(code).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 200
    assert shop.exchange(code).json()["error"] == "invalid_grant"
    assert client.get("/userinfo", headers=bearer).status_code == 401
    assert shop.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_trap_3_many_refreshes_at_once_get_the_same_successor(visitor: Visitor, shop: Product, ann: Member) -> None:
    first = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: shop.refresh(first), range(12)))
    assert {answer.status_code for answer in answers} == {200}
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert shop.refresh(successors.pop()).status_code == 200


def test_trap_3_within_the_window_a_lost_answer_is_given_again(
    visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    first = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    lost = shop.refresh(first).json()["refresh_token"]
    clock.advance(seconds=9)
    assert shop.refresh(first).json()["refresh_token"] == lost


def test_trap_3_reuse_after_the_window_revokes_the_family(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, clock: MovableClock
) -> None:
    first = visitor.tokens_for(shop, ann.beak)["refresh_token"]
    newer = shop.refresh(first).json()
    clock.advance(seconds=11)
    assert shop.refresh(first).json()["error"] == "invalid_grant"
    assert shop.refresh(newer["refresh_token"]).json()["error"] == "invalid_grant"
    bearer = {"Authorization": f"Bearer {newer['access_token']}"}
    assert client.get("/userinfo", headers=bearer).status_code == 401


@pytest.mark.parametrize("product", ["shop", "feather_app"])
def test_trap_4_every_product_needs_pkce(visitor: Visitor, request: pytest.FixtureRequest, product: str) -> None:
    asking: Product = request.getfixturevalue(product)
    answer = visitor.opens(asking, code_challenge=None, code_challenge_method=None)
    assert query_of(answer.headers["Location"])["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
        {"code_challenge": "=" * 43},
    ],
)
def test_trap_4_pkce_is_by_s256_only(visitor: Visitor, shop: Product, changes: dict[str, str | None]) -> None:
    answer = query_of(visitor.opens(shop, **changes).headers["Location"])
    assert answer["error"] == "invalid_request"
    assert answer["iss"] == ISSUER


@pytest.mark.parametrize("verifier", [None, "x" * 43, "short"])
def test_trap_4_the_verifier_has_to_be_the_right_one(
    visitor: Visitor, shop: Product, ann: Member, verifier: str | None
) -> None:
    code = visitor.code_for(shop, ann.beak)
    assert shop.exchange(code, code_verifier=verifier).status_code == 400
    assert shop.exchange(code).status_code == 200


def test_trap_5_auth_time_is_when_the_person_signed_in(
    visitor: Visitor, shop: Product, frontend: Product, ann: Member, clock: MovableClock
) -> None:
    visitor.tokens_for(shop, ann.beak)
    signed_in_at = int(clock().timestamp())
    clock.advance(hours=1)
    later = visitor.tokens_for(frontend, ann.beak)
    assert payload_of(later["id_token"])["auth_time"] == signed_in_at
    assert payload_of(later["access_token"])["auth_time"] == signed_in_at
    clock.advance(hours=1)
    refreshed = frontend.refresh(later["refresh_token"]).json()
    assert payload_of(refreshed["id_token"])["auth_time"] == signed_in_at


def test_trap_6_no_secret_is_stored_in_clear(house: House, visitor: Visitor, shop: Product, ann: Member) -> None:
    code = visitor.code_for(shop, ann.beak)
    tokens = shop.exchange(code).json()
    newer = shop.refresh(tokens["refresh_token"]).json()
    cookie = visitor.client.cookies["beak"]
    secrets = [code, tokens["refresh_token"], newer["refresh_token"], cookie, str(shop.secret), ann.beak]
    with house.database.engine.connect() as connection:
        from auth_service.tables import METADATA

        stored = "\n".join(
            str(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(select(table))
        )
    assert ann.id in stored
    assert [secret for secret in secrets if secret in stored] == []
    assert ann.beak.replace("-", "")[8:] not in stored


def test_trap_6_private_keys_are_sealed(house: House) -> None:
    from auth_service.keys.signing_key import SigningKey

    with house.database.reading() as session:
        keys = session.scalars(select(SigningKey)).all()
        assert len(keys) == 6
        assert all(b"PRIVATE" not in key.sealed_private_key and "d" not in key.public_jwk for key in keys)
        assert session.scalars(select(AuthorizationCode)).all() == []
        assert session.scalars(select(RefreshToken)).all() == []
        assert session.get_one(ProductRow, "shop").secret_hash


def test_trap_7_a_token_without_its_type_is_refused(house: House, client: TestClient, ann: Member) -> None:
    now = int(house.clock().timestamp())
    claims = {"iss": ISSUER, "aud": ISSUER, "sub": ann.id, "client_id": "shop", "scope": "openid", "jti": "a.b"}
    claims |= {"iat": now, "exp": now + 300, "ver": 1}  # type: ignore[dict-item]
    for typ in ("", "JWT", "at+JWT", "logout+jwt"):
        token = strict.issue(claims, signer=house.keyring.signer("ES256"), typ=typ)
        with pytest.raises(TokenRefused, match="of another type"):
            strict.read(
                token,
                keyring=house.keyring,
                typ=strict.ACCESS,
                issuer=ISSUER,
                audience=ISSUER,
                required=("jti",),
                now=house.clock(),
            )
        assert client.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_trap_8_a_nonce_that_was_used_is_refused(visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.tokens_for(shop, ann.beak)
    answer = query_of(visitor.opens(shop).headers["Location"])
    assert answer["error"] == "invalid_request"
    assert "nonce" in answer["error_description"]


def test_trap_8_asking_again_before_the_exchange_is_a_reload(visitor: Visitor, shop: Product, ann: Member) -> None:
    visitor.code_for(shop, ann.beak)
    assert shop.exchange(visitor.code_for(shop, ann.beak)).status_code == 200
