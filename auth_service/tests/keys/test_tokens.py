"""The strict token module against forged tokens of many kinds, cross-checked with joserfc."""

import base64
import json

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet

from auth_service.house import House
from auth_service.keys import tokens
from auth_service.keys.tokens import TokenRefused
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.forge import forge_after
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor
from forged_tokens import Forge, forgeries

REQUIRED = ("iss", "sub", "aud", "jti", "client_id", "scope")


@pytest.fixture
def forge(client: TestClient, house: House) -> Forge:
    answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()
    return forge_after(answer["access_token"], house, required=(*REQUIRED, "exp", "iat"))


def read(token: str, house: House) -> tokens.Claims:
    return tokens.read(
        token,
        keyring=house.keyring,
        typ=tokens.ACCESS,
        issuer=ISSUER,
        audience=ISSUER,
        required=REQUIRED,
        now=house.clock(),
    )


def test_forged_tokens_of_every_kind_are_refused(forge: Forge, house: House) -> None:
    """But for a subject that nobody is, which only those who know people can tell."""
    forged = forgeries(forge, forgiven=frozenset({"subject nobody"}))
    assert len(forged) > 100
    assert [kind for kind, token in forged.items() if not is_refused(token, house)] == []


def is_refused(token: str, house: House) -> bool:
    try:
        read(token, house)
    except TokenRefused:
        return True
    return False


def test_what_the_forge_makes_is_right_but_for_the_one_thing(forge: Forge, house: House) -> None:
    assert read(forge.true(), house) == forge.claims


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
def test_our_tokens_read_the_same_with_joserfc(forge: Forge, house: House) -> None:
    for algorithm in ("RS256", "ES256", "EdDSA"):
        token = tokens.issue(forge.claims, signer=house.keyring.signer(algorithm), typ="at+jwt")
        keys = KeySet.import_key_set(dict(house.keyring.jwks()))  # type: ignore[arg-type]
        assert jwt.decode(token, keys, algorithms=[algorithm]).claims == forge.claims == read(token, house)


def test_tokens_of_other_kinds_are_no_access_tokens(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    issued = visitor.tokens_for(shop, ann.beak)
    for name in ("id_token", "refresh_token"):
        headers = {"Authorization": f"Bearer {issued[name]}"}
        assert client.get("/userinfo", headers=headers).status_code == 401


def test_a_token_of_a_rotated_key_is_read_until_it_expires(
    client: TestClient, house: House, clock: MovableClock
) -> None:
    from auth_service.keys.rotation import make_spares, rotate

    answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    before = {key["kid"] for key in client.get("/jwks").json()["keys"]}
    with house.database.writing() as session:
        rotate(session, make_spares(sealing=house.keys.sealing, at=clock()), at=clock())
    house.keyring.forget()
    assert client.get("/people", headers=headers).status_code == 200
    newer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    kid = json.loads(base64.urlsafe_b64decode(newer.split(".")[0] + "=="))["kid"]
    assert kid in before, "the next key was published before it signed"
    assert len(client.get("/jwks").json()["keys"]) == 9
    clock.advance(hours=2)
    house.keyring.forget()
    assert len(client.get("/jwks").json()["keys"]) == 6


def test_jwks_holds_public_keys_only(client: TestClient) -> None:
    for key in client.get("/jwks").json()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert key["use"] == "sig"
