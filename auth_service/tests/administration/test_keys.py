"""Keys in an admin's hands."""

from fastapi.testclient import TestClient

from auth_service.tests.administration.desk import Desk
from auth_service.tests.conftest import Member
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor


def states(keys: list[dict[str, str]]) -> list[str]:
    return sorted(key["state"] for key in keys)


def published(client: TestClient) -> set[str]:
    return {key["kid"] for key in client.get("/jwks").json()["keys"]}


def test_a_rotation_lets_the_next_keys_sign(desk: Desk, client: TestClient) -> None:
    before = desk.get("/keys").json()
    assert states(before["items"]) == ["current"] * 3 + ["next"] * 3
    assert before["next_rotation_at"]
    rotated = desk.post("/key-rotations")
    assert rotated.status_code == 201
    assert states(rotated.json()["items"]) == ["current"] * 3 + ["next"] * 3 + ["retiring"] * 3
    assert {key["kid"] for key in rotated.json()["items"]} == published(client)
    assert [one["what"] for one in desk.every("/trail", what="keys_rotated")] == ["keys_rotated"]


def test_a_withdrawn_key_is_believed_no_more(
    desk: Desk, client: TestClient, visitor: Visitor, shop: Product, ann: Member
) -> None:
    tokens = visitor.tokens_for(shop, ann.beak)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    keys = desk.get("/keys").json()["items"]
    (stolen,) = [key["kid"] for key in keys if (key["algorithm"], key["state"]) == ("RS256", "current")]
    answer = desk.post(f"/keys/{stolen}/withdrawal")
    assert answer.status_code == 200
    (shown,) = [key for key in answer.json()["items"] if key["kid"] == stolen]
    assert (shown["state"], bool(shown["withdrawn_at"])) == ("withdrawn", True)
    assert stolen not in published(client)
    assert client.get("/userinfo", headers=bearer).status_code == 200, "it was signed by the key of ES256"
    assert desk.post(f"/keys/{stolen}/withdrawal").status_code == 200
    (deed,) = desk.every("/trail", what="key_withdrawn")
    assert deed["details"]["kid"] == stolen
    assert desk.post("/keys/nothing/withdrawal").status_code == 404
