"""The changes feed: commit order, each person once, waiting, waking."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from auth_service.administration.keys import rotate_now, withdraw_now
from auth_service.house import House
from auth_service.people.egg import lay
from auth_service.people.hiring import change_person, hire
from auth_service.people.person import Role
from auth_service.people.views import PersonChange
from auth_service.tests.conftest import Member
from auth_service.tests.product import BACKEND
from auth_service.trail.doer import THE_HOUSE


class Follower:
    """A replica that follows the feed, as the backend does."""

    def __init__(self, client: TestClient) -> None:
        token = client.post("/token", data={"grant_type": "client_credentials"}, auth=BACKEND).json()["access_token"]
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}
        self.cursor = 0
        self.keys: set[str] = set()

    def asks(self, wait: float = 0) -> list[dict[str, Any]]:
        query = f"/people/changes?after={self.cursor}&wait={wait}"
        answer = self.client.get(query, headers=self.headers).json()
        self.cursor, self.keys = answer["next"], {key["kid"] for key in answer["jwks"]["keys"]}
        items: list[dict[str, Any]] = answer["items"]
        return items


@pytest.fixture
def follower(client: TestClient) -> Follower:
    return Follower(client)


def rename(house: House, member: Member, name: str) -> None:
    with house.database.writing() as session:
        change_person(session, member.id, PersonChange(name=name), at=house.clock())


def test_the_first_question_brings_everyone_in_the_order_they_came(follower: Follower) -> None:
    assert [person["name"].split()[0] for person in follower.asks()] == ["Ada", "Boss", "Penny", "Ann", "Bob"]
    assert follower.asks() == []


def test_each_person_is_told_once_in_the_newest_state(
    follower: Follower, house: House, ann: Member, bob: Member
) -> None:
    follower.asks()
    for name in ("One", "Two"):
        rename(house, ann, name)
        rename(house, bob, name + "!")
    assert [person["name"] for person in follower.asks()] == ["Two", "Two!"]


def test_whoever_waits_hears_within_a_second(follower: Follower, house: House, ann: Member) -> None:
    follower.asks()
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(follower.asks, 10)
        time.sleep(0.3)
        rename(house, ann, "Heard")
        changed_at = time.monotonic()
        assert [person["name"] for person in asked.result()] == ["Heard"]
    assert time.monotonic() - changed_at < 1


@pytest.mark.parametrize("what", ["rotated", "withdrawn"])
def test_keys_changed_by_hand_are_news(follower: Follower, house: House, what: str) -> None:
    follower.asks()
    known = follower.keys
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(follower.asks, 10)
        time.sleep(0.3)
        if what == "rotated":
            rotate_now(house, by=THE_HOUSE)
        else:
            withdraw_now(house, min(known), by=THE_HOUSE)
        changed_at = time.monotonic()
        assert asked.result() == []
    assert time.monotonic() - changed_at < 1
    assert len(follower.keys - known) == (3 if what == "rotated" else 1), "the new next ones"
    assert follower.keys == {key["kid"] for key in follower.client.get("/jwks").json()["keys"]}
    started = time.monotonic()
    assert follower.asks(wait=0.3) == []
    assert time.monotonic() - started > 0.25, "told once"


def test_waiting_ends_without_news(follower: Follower) -> None:
    follower.asks()
    started = time.monotonic()
    assert follower.asks(wait=0.3) == []
    assert 0.25 < time.monotonic() - started < 2


def test_a_stopping_service_lets_nobody_wait(follower: Follower, app: FastAPI) -> None:
    follower.asks()
    app.state.stopping.set()
    started = time.monotonic()
    assert follower.asks(wait=20) == []
    assert time.monotonic() - started < 2


def test_a_change_that_was_rolled_back_uses_no_number(follower: Follower, house: House, ann: Member) -> None:
    follower.asks()
    before = follower.cursor
    with house.database.writing() as session:
        change_person(session, ann.id, PersonChange(name="Never"), at=house.clock())
        session.rollback()
    rename(house, ann, "Really")
    assert [person["name"] for person in follower.asks()] == ["Really"]
    assert follower.cursor == before + 1


def test_a_follower_misses_nobody_while_many_are_hired_at_once(follower: Follower, house: House) -> None:
    """A sequence would let a small number commit after a larger one was read; the counter's row lock does not."""
    seen: list[str] = []

    def hire_one(number: int) -> str:
        with house.database.writing() as session:
            person, _ = hire(
                session,
                name=f"Popug {number}",
                email=f"p{number}@uberpopug.example",
                role=Role.WORKER,
                at=house.clock(),
                rng=house.rng,
                egg=lay(house.rng, house.proof),
            )
            return person.id

    with ThreadPoolExecutor(6) as threads:
        hiring = [threads.submit(hire_one, number) for number in range(24)]
        while not all(hired.done() for hired in hiring):
            seen += [person["id"] for person in follower.asks()]
        seen += [person["id"] for person in follower.asks()]
    assert {hired.result() for hired in hiring} <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("query", ["after=-1", "after=x", "wait=31", "wait=-1", f"after={2**70}"])
def test_a_wrong_question_is_refused(client: TestClient, follower: Follower, query: str) -> None:
    assert client.get(f"/people/changes?{query}", headers=follower.headers).status_code == 422


@pytest.fixture(autouse=True)
def stop_waiting(app: FastAPI) -> Iterator[None]:
    yield
    app.state.stopping.set()
