"""A compromised key: gone from the key set at once, and whatever it signed is worth nothing."""

from collections import Counter

import pytest
from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.keys.overview import KeyShown, overview
from auth_service.keys.rotation import make_spares
from auth_service.keys.signing_key import SigningKey
from auth_service.keys.withdrawal import NoSuchKey, withdraw
from auth_service.tests.conftest import Member
from auth_service.tests.keys.test_rotation import command_rotation
from auth_service.tests.product import BACKEND, Product
from auth_service.tests.visitor import Visitor


def withdraw_key(house: House, kid: str) -> None:
    spares = make_spares(sealing=house.keys.sealing, at=house.clock())
    with house.database.writing() as session:
        withdraw(session, kid, spares, at=house.clock())
    house.keyring.forget()


def keys(house: House, algorithm: str = "ES256") -> list[KeyShown]:
    with house.database.reading() as session:
        shown = overview(session, every=house.settings.key_rotation_every, at=house.clock())
    return [key for key in shown.items if key.algorithm == algorithm]


def the(state: str, house: House, algorithm: str = "ES256") -> str:
    return next(key.kid for key in keys(house, algorithm) if key.state == state)


def published(client: TestClient) -> set[str]:
    return {key["kid"] for key in client.get("/jwks").json()["keys"]}


def test_the_next_key_takes_the_place_of_a_withdrawn_current_one(client: TestClient, house: House) -> None:
    bad, heir = the("current", house), the("next", house)
    withdraw_key(house, bad)
    assert bad not in published(client)
    assert the("current", house) == heir
    assert the("next", house) in published(client) - {heir}
    assert Counter(key.state for key in keys(house)) == {"withdrawn": 1, "current": 1, "next": 1}
    assert house.keyring.signer("ES256").kid == heir
    assert len(keys(house, "RS256")) == 2, "keys of other kinds stay as they are"


def test_a_withdrawn_next_key_is_replaced_and_never_signs(client: TestClient, house: House) -> None:
    bad, current = the("next", house), the("current", house)
    withdraw_key(house, bad)
    assert the("current", house) == current
    assert the("next", house) != bad
    assert bad not in published(client)


def test_nothing_signed_by_a_withdrawn_key_is_accepted(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ann: Member
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    of_product = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    bearers = {"/userinfo": tokens["access_token"], "/people": of_product}
    for path, token in bearers.items():
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 200
    withdraw_key(house, the("current", house))
    for path, token in bearers.items():
        assert client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert shop.post("/introspection", {"token": tokens["access_token"]}).json() == {"active": False}
    refreshed = shop.refresh(tokens["refresh_token"])
    assert refreshed.status_code == 200, "the people stay signed in"
    renewed = {"Authorization": f"Bearer {refreshed.json()['access_token']}"}
    assert client.get("/userinfo", headers=renewed).status_code == 200


def test_a_hint_signed_by_a_withdrawn_key_counts_for_nothing(
    client: TestClient, house: House, visitor: Visitor, shop: Product, ann: Member
) -> None:
    hint = visitor.tokens_for(shop, ann.beak)["id_token"]
    withdraw_key(house, the("current", house, "RS256"))
    refused = visitor.opens(shop, prompt="none", id_token_hint=hint, nonce="other")
    assert "error=invalid_request" in refused.headers["location"]
    assert client.get("/sign-out", params={"id_token_hint": hint}).status_code == 200
    assert "code=" in visitor.opens(shop, prompt="none", nonce="third").headers["location"], (
        "still signed in: a page has asked"
    )


def test_a_retiring_key_can_be_withdrawn_as_well(client: TestClient, house: House) -> None:
    command_rotation(house)
    retiring, current = the("retiring", house), the("current", house)
    withdraw_key(house, retiring)
    assert retiring not in published(client)
    assert the("current", house) == current


def test_withdrawing_twice_changes_nothing_and_a_strange_kid_is_refused(house: House) -> None:
    bad = the("current", house)
    withdraw_key(house, bad)
    before = keys(house)
    withdraw_key(house, bad)
    assert keys(house) == before
    with pytest.raises(NoSuchKey):
        withdraw_key(house, "nobody")


def test_of_a_withdrawn_key_the_private_half_is_erased(house: House) -> None:
    bad = the("current", house)
    withdraw_key(house, bad)
    with house.database.reading() as session:
        assert session.get_one(SigningKey, bad).sealed_private_key == b""
