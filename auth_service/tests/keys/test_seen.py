"""Verified once: a token that is presented again is not computed again, and is not believed a moment longer."""

import pytest
from fastapi.testclient import TestClient
from jose.backends.base import Key

from auth_service.house import House
from auth_service.keys import tokens
from auth_service.keys.seen import MOST, Seen
from auth_service.tests.conftest import MovableClock
from auth_service.tests.product import BACKEND


def test_a_signature_is_verified_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[str] = []
    decoded = tokens.decoded

    def counted(token: str, key: Key, algorithm: str) -> tokens.Claims:
        times.append(token)
        return decoded(token, key, algorithm)

    monkeypatch.setattr(tokens, "decoded", counted)
    token = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    for _ in range(3):
        assert client.get("/people", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert times == [token]


def test_a_token_that_was_seen_before_expires_all_the_same(
    client: TestClient, house: House, clock: MovableClock
) -> None:
    token = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    assert client.get("/people", headers=header).status_code == 200
    assert client.get("/people", headers={"Authorization": f"Bearer {token[:-9]}{token[:9]}"}).status_code == 401
    clock.advance(minutes=5)
    assert client.get("/people", headers=header).status_code == 401


def test_only_the_same_key_counts_and_the_oldest_are_forgotten() -> None:
    seen, key, other = Seen(), object(), object()
    seen.remember("first", key, {"sub": "ann"})
    assert seen.claims_of("first", key) == {"sub": "ann"}
    assert seen.claims_of("first", other) is None
    for number in range(MOST):
        seen.remember(str(number), key, {})
    assert seen.claims_of("first", key) is None
