"""The REST interface to people: who may read, what is told, in which order."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from auth_service.tests.conftest import Member, Stage
from auth_service.tests.people.administrator import bearer_for
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor


@pytest.fixture
def reader(client: TestClient) -> dict[str, str]:
    answer = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def names(answer: Any) -> list[str]:
    return [person["name"] for person in answer.json()["items"]]


def test_a_person_is_told_in_full_but_for_the_beak(client: TestClient, reader: dict[str, str], ann: Member) -> None:
    person = client.get(f"/people/{ann.id}", headers=reader).json()
    assert person.pop("plumage") == ann.beak[5:9]
    assert person == {
        "id": ann.id,
        "name": "Ann Budgie",
        "email": "ann@uberpopug.example",
        "role": "worker",
        "active": True,
        "version": 1,
        "picture": f"{ISSUER}/people/{ann.id}/portrait.svg?v=1",
        "locale": None,
        "created_at": "2026-03-02T09:00:00Z",
    }


def test_nothing_about_people_is_public_but_the_portrait(client: TestClient, ann: Member) -> None:
    for path in ("/people", "/people/random", "/people/changes", f"/people/{ann.id}", "/people/nobody"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"
    portrait = client.get(f"/people/{ann.id}/portrait.svg")
    assert portrait.status_code == 200
    assert portrait.text.startswith("<svg")
    assert portrait.headers["Content-Type"].startswith("image/svg+xml")
    assert portrait.headers["Content-Security-Policy"] == "default-src 'none'"
    assert "public" in portrait.headers["Cache-Control"]


def test_a_person_may_read_themselves_and_nobody_else(
    client: TestClient, visitor: Visitor, shop: Product, ann: Member, bob: Member
) -> None:
    headers = bearer_for(visitor, shop, ann)
    assert client.get(f"/people/{ann.id}", headers=headers).json()["name"] == "Ann Budgie"
    for path in (f"/people/{bob.id}", "/people", "/people/random"):
        answer = client.get(path, headers=headers)
        assert answer.status_code == 403
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_an_unknown_person_is_a_readable_404(client: TestClient, reader: dict[str, str]) -> None:
    answer = client.get("/people/nobody", headers=reader)
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/no-such-person"
    assert answer.json()["correlation_id"] == answer.headers["X-Request-Id"]
    assert client.get("/people/nobody/portrait.svg").status_code == 404


def test_people_are_listed_by_name_page_by_page(client: TestClient, reader: dict[str, str]) -> None:
    first = client.get("/people?limit=2", headers=reader)
    second = client.get("/people", params={"limit": 2, "after": first.json()["next"]}, headers=reader)
    third = client.get("/people", params={"limit": 2, "after": second.json()["next"]}, headers=reader)
    assert names(first) == ["Ada Macaw", "Ann Budgie"]
    assert names(second) == ["Bob Lory", "Boss Cockatoo"]
    assert names(third) == ["Penny Parakeet"]
    assert third.json()["next"] is None


def test_people_are_found_by_role_and_by_what_is_typed(client: TestClient, reader: dict[str, str]) -> None:
    assert names(client.get("/people?role=manager", headers=reader)) == ["Boss Cockatoo"]
    assert names(client.get("/people?q=PARA", headers=reader)) == ["Penny Parakeet"]
    assert names(client.get("/people?q=bob%40", headers=reader)) == ["Bob Lory"]
    assert names(client.get("/people?q=%25", headers=reader)) == []
    assert names(client.get("/people?active=false", headers=reader)) == []


@pytest.mark.parametrize("query", ["after=!!", "after=bm8", "after=WzEsMl0", "limit=0", "limit=201", "role=king"])
def test_a_forged_cursor_or_a_wrong_parameter_is_named(client: TestClient, reader: dict[str, str], query: str) -> None:
    answer = client.get(f"/people?{query}", headers=reader)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-input"
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_random_people_are_distinct_active_and_of_the_role(
    client: TestClient, reader: dict[str, str], stage: Stage
) -> None:
    everyone = client.get("/people/random?count=100", headers=reader)
    assert sorted(names(everyone)) == sorted(member.name for member in stage.cast.values())
    workers = client.get("/people/random?role=worker&role=accountant&count=3", headers=reader)
    assert sorted(names(workers)) == ["Ann Budgie", "Bob Lory", "Penny Parakeet"]
    drawn = {names(client.get("/people/random?role=worker", headers=reader))[0] for _ in range(40)}
    assert drawn == {"Ann Budgie", "Bob Lory"}
