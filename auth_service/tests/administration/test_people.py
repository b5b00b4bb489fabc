"""People in an admin's hands: invited, found, and never without an admin."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, func, select

from auth_service.house import House
from auth_service.people.invitation import person_invited
from auth_service.people.person import Person, Role
from auth_service.tests.administration.desk import Desk, desk_of
from auth_service.tests.conftest import Member, MovableClock
from auth_service.tests.people.administrator import Administrator
from auth_service.tests.product import Product, query_of
from auth_service.tests.visitor import Visitor
from auth_service.trail.entry import TrailEntry

CARL = {"name": "Carl Conure", "email": "carl@uberpopug.example", "role": "worker"}


def test_an_invited_newcomer_gets_a_link_and_no_beak(desk: Desk, house: House, clock: MovableClock) -> None:
    answer = desk.post("/people", **CARL, invite=True)
    invited = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert "beak_shape" not in invited
    assert invited["hatching_expires_at"] == "2026-03-09T09:00:00Z"
    secret = query_of(invited["hatching_url"])["invitation"]
    with house.database.reading() as session:
        assert person_invited(session, secret, at=clock() + timedelta(days=6)).id == invited["id"]
    assert "hatching" not in desk.get(f"/people/{invited['id']}").text
    with house.database.reading() as session:
        done = session.scalars(select(TrailEntry).where(TrailEntry.whom_id == invited["id"]).order_by("id"))
        assert [one.what for one in done] == ["hired", "invited"]


def test_who_works_here_is_invited_to_a_new_beak_and_keeps_the_old_one_meanwhile(
    desk: Desk, client: TestClient, ann: Member
) -> None:
    first, second = (desk.post(f"/people/{ann.id}/hatching") for _ in range(2))
    assert [first.status_code, second.status_code] == [201, 201]
    assert set(second.json()) == {"hatching_url", "hatching_expires_at"}
    assert first.json()["hatching_url"] != second.json()["hatching_url"]
    assert client.post("/login", json={"beak_shape": ann.beak}).status_code == 200


def test_who_is_dismissed_or_unknown_is_not_invited(desk: Desk, ann: Member) -> None:
    desk.patch(f"/people/{ann.id}", active=False)
    refused = desk.post(f"/people/{ann.id}/hatching")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/dismissed")
    assert desk.post("/people/nobody/hatching").status_code == 404


def test_people_are_found_by_name_and_by_address(desk: Desk, ann: Member) -> None:
    for search in ("BUDGIE", "ann@uber"):
        assert [one["id"] for one in desk.get("/people", q=search).json()["items"]] == [ann.id]
    assert desk.get(f"/people/{ann.id}").json()["name"] == "Ann Budgie"


def test_a_cursor_of_another_list_or_changed_by_a_letter_is_refused(desk: Desk) -> None:
    page = desk.get("/people", limit=2).json()
    assert len(desk.get("/people", after=page["next"]).json()["items"]) == 3
    changed = page["next"][:-2] + ("A" if page["next"][-2] != "A" else "B") + page["next"][-1]
    for path, cursor in (("/products", page["next"]), ("/people", changed), ("/people", page["next"] + "AAAA")):
        answer = desk.get(path, after=cursor)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")


@pytest.mark.parametrize("wanted", [{"active": False}, {"role": "worker"}])
def test_admins_who_remove_each_other_at_once_over_http_leave_one(
    desk: Desk,
    client: TestClient,
    visitor: Visitor,
    frontend: Product,
    ada: Member,
    house: House,
    wanted: dict[str, Any],
) -> None:
    hired = desk.post("/people", name="Zed", email="zed@uberpopug.example", role="admin").json()
    zed = Member(hired["id"], "Zed", "", Role.ADMIN, hired["beak_shape"])
    other = desk_of(desk.client, visitor, frontend, zed)
    together = Barrier(2)

    def remove(desk: Desk, whom: str) -> int:
        together.wait(timeout=10)
        return desk.patch(f"/people/{whom}", **wanted).status_code

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(remove, desk, zed.id), threads.submit(remove, other, ada.id)
    # The loser is refused as the last admin, or is no admin any more when their turn comes.
    assert sorted([first.result(), second.result()]) in ([200, 401], [200, 409])
    with house.database.reading() as session:
        admins = select(func.count()).where(Person.active, Person.role == Role.ADMIN)
        assert session.execute(admins).scalar_one() == 1


def test_a_beak_is_sealed_while_no_transaction_is_open(
    desk: Desk, house: House, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealing takes long; on SQLite every other writer would wait for it."""
    writing, sealed_while = list[bool](), list[int]()
    hash_ = PasswordHasher.hash

    def begun(connection: Any) -> None:
        if not connection.get_execution_options().get("reading"):
            writing.append(True)

    def ended(_: Any) -> None:
        writing.clear()

    def hashed(hasher: PasswordHasher, secret: bytes) -> str:
        sealed_while.append(len(writing))
        return hash_(hasher, secret)

    engine: Engine = house.database.engine
    for name, listener in (("begin", begun), ("commit", ended), ("rollback", ended)):
        event.listen(engine, name, listener)
    monkeypatch.setattr(PasswordHasher, "hash", hashed)
    assert desk.post("/people", **CARL).status_code == 201
    assert Administrator(desk.client, desk.headers).moults(ann.id).status_code == 200
    assert sealed_while == [0, 0]
