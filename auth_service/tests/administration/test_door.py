"""The door of administration: every route refuses everyone but an admin with the scope."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from auth_service.house import House
from auth_service.keys.tokens import ACCESS, issue
from auth_service.tests.administration.desk import SCOPE
from auth_service.tests.conftest import Member, Stage
from auth_service.tests.people.administrator import bearer_for
from auth_service.tests.product import BACKEND, ISSUER, Product, payload_of
from auth_service.tests.visitor import Visitor

BODIES: dict[str, object] = {
    "/products": {"client_name": "Den", "redirect_uris": ["https://den.example/cb"]},
    "/products/{client_id}/secret": {"overlap_seconds": 0},
    "/redirect-uri-check": {"redirect_uri": "https://x.example/cb"},
    "/people": {"name": "Eve", "email": "eve@uberpopug.example", "role": "admin"},
}
ROUTES = [
    ("GET", "/products"),
    ("POST", "/products"),
    ("GET", "/products/{client_id}"),
    ("PATCH", "/products/{client_id}"),
    ("POST", "/products/{client_id}/secret"),
    ("POST", "/products/{client_id}/sign-in-test"),
    ("POST", "/redirect-uri-check"),
    ("GET", "/sessions"),
    ("DELETE", "/sessions/{session_id}"),
    ("DELETE", "/people/{person_id}/sessions"),
    ("GET", "/logout-deliveries"),
    ("POST", "/logout-deliveries/{delivery_id}/attempt"),
    ("GET", "/keys"),
    ("POST", "/key-rotations"),
    ("POST", "/keys/{kid}/withdrawal"),
    ("GET", "/trail"),
    ("GET", "/trail.csv"),
]
WRITES_PEOPLE = [
    ("POST", "/people"),
    ("PATCH", "/people/{person_id}"),
    ("POST", "/people/{person_id}/beak"),
    ("POST", "/people/{person_id}/hatching"),
]


def knock(client: TestClient, route: tuple[str, str], headers: dict[str, str]) -> int:
    method, path = route
    place = path.format(client_id="shop", session_id="x", person_id="x", delivery_id="x", kid="x")
    body = BODIES.get(path, {})
    return client.request(
        method, place, json=body if method in ("POST", "PATCH") else None, headers=headers
    ).status_code


def test_no_route_is_forgotten(app: FastAPI) -> None:
    tagged = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method, told in methods.items()
        if set(told.get("tags", [])) & {"products", "sessions", "keys", "trail"}
    }
    assert tagged == set(ROUTES)


def all_refuse(client: TestClient, headers: dict[str, str], status: int) -> None:
    answers = {route: knock(client, route, headers) for route in ROUTES + WRITES_PEOPLE}
    assert set(answers.values()) == {status}, answers


def test_without_a_token(client: TestClient) -> None:
    all_refuse(client, {}, 401)
    all_refuse(client, {"Authorization": "Basic YWRhOmFkYQ=="}, 401)
    all_refuse(client, {"Authorization": "Bearer rubbish"}, 401)


def test_with_an_id_token_or_a_refresh_token(
    client: TestClient, visitor: Visitor, frontend: Product, ada: Member
) -> None:
    tokens = visitor.tokens_for(frontend, ada.beak, scope=f"{SCOPE} offline_access")
    for kind in ("id_token", "refresh_token"):
        all_refuse(client, {"Authorization": f"Bearer {tokens[kind]}"}, 401)


def test_with_a_token_for_another_audience(
    client: TestClient, visitor: Visitor, frontend: Product, ada: Member
) -> None:
    token = visitor.tokens_for(frontend, ada.beak)["access_token"]
    assert payload_of(token)["aud"] == "backend"
    all_refuse(client, {"Authorization": f"Bearer {token}"}, 401)


@pytest.mark.parametrize("who", ["ann", "boss", "penny"])
def test_with_the_token_of_someone_who_is_no_admin(
    client: TestClient, visitor: Visitor, frontend: Product, stage: Stage, who: str
) -> None:
    all_refuse(client, bearer_for(visitor, frontend, stage.cast[who], scope=SCOPE), 403)


def test_with_an_admins_token_without_the_scope(
    client: TestClient, visitor: Visitor, frontend: Product, ada: Member
) -> None:
    all_refuse(client, bearer_for(visitor, frontend, ada, scope="openid people:read"), 403)
    directory_only = bearer_for(visitor, frontend, ada, scope="openid people:read people:write")
    assert {knock(client, route, directory_only) for route in ROUTES} == {403}
    administration_only = bearer_for(visitor, frontend, ada, scope="openid administration")
    assert {knock(client, route, administration_only) for route in WRITES_PEOPLE} == {403}


def test_with_the_token_of_a_product(client: TestClient) -> None:
    token = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
    all_refuse(client, {"Authorization": f"Bearer {token}"}, 403)


@pytest.mark.parametrize("role", ["worker", "admin"])
def test_the_scope_alone_is_not_enough(client: TestClient, house: House, ada: Member, ann: Member, role: str) -> None:
    """Were such a token ever signed by mistake: for a product, or for a person who is no admin."""
    now = int(house.clock().timestamp())
    about = {"client_id": "shop", "aud": ISSUER, "iss": ISSUER, "iat": now, "exp": now + 300, "scope": SCOPE}
    for claims in ({"sub": "shop", "jti": "x"}, {"sub": ann.id, "jti": "y", "ver": 1, "role": role}):
        token = issue(about | claims, signer=house.keyring.signer("ES256"), typ=ACCESS)
        answers = {knock(client, route, {"Authorization": f"Bearer {token}"}) for route in ROUTES}
        assert answers == {403}


def test_with_a_token_of_an_admin_who_was_demoted(
    client: TestClient, visitor: Visitor, frontend: Product, ada: Member
) -> None:
    headers = bearer_for(visitor, frontend, ada, scope=SCOPE)
    hired = client.post("/people", json={"name": "Zed", "email": "z@x.example", "role": "admin"}, headers=headers)
    assert hired.status_code == 201
    assert client.patch(f"/people/{ada.id}", json={"role": "manager"}, headers=headers).status_code == 200
    all_refuse(client, headers, 401)
