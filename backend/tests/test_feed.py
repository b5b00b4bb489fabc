"""The feed: people, roles and dismissals as auth_service tells them, and whether it can be reached."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.people.directory import Directory
from backend.people.feed import WAIT_SECONDS, Feed
from backend.people.replica import Person, find_by_email, find_person, freshness, person, store
from backend.tests.company import Company, Popug


def test_hired_people_arrive(company: Company, ann: Popug) -> None:
    with company.house.engine.connect() as connection:
        found = find_person(connection, ann.id)
        assert found == find_by_email(connection, "ann.aracari@uberpopug.example")
    assert found
    assert (found.name, found.role, found.active, found.version) == ("Ann Aracari", "worker", True, 1)


def test_changes_arrive(company: Company, ann: Popug) -> None:
    ann.become("manager")
    ann.leave()
    with company.house.engine.connect() as connection:
        found = find_person(connection, ann.id)
    assert found
    assert (found.role, found.active, found.version) == ("manager", False, 3)


def test_old_news_change_nothing(company: Company, ann: Popug) -> None:
    stale = Person(id=ann.id, name="Old Name", email="old@x.example", role="admin", active=True, version=0)
    company.writing(lambda connection: store(connection, [stale]))
    with company.house.engine.connect() as connection:
        assert find_person(connection, ann.id) != stale
        assert connection.scalar(select(func.count()).select_from(person)) == 1


def test_the_cursor_never_goes_back(company: Company, ann: Popug, bob: Popug) -> None:
    with company.house.engine.connect() as connection:
        before = freshness(connection).cursor
    company.issuer.changes_so_far = 0
    company.house.feed.sync()
    with company.house.engine.connect() as connection:
        assert freshness(connection).cursor == before == 2


def test_an_outage_is_noticed_dated_and_over(company: Company, ann: Popug) -> None:
    began = company.clock()
    company.auth_service_goes_away()
    company.clock.turn(minutes=3)
    assert not company.house.feed.sync()
    with company.house.engine.connect() as connection:
        state = freshness(connection)
    assert (state.reachable, state.failing_since, state.contacted_at) == (False, began, began)
    company.issuer.away = False
    assert company.house.feed.sync()
    with company.house.engine.connect() as connection:
        state = freshness(connection)
    assert (state.reachable, state.contacted_at) == (True, company.clock())


def test_an_answer_that_makes_no_sense_is_an_outage(company: Company, ann: Popug) -> None:
    company.issuer.tell({"id": str(ann.id), "name": 7})
    assert not company.house.feed.sync()


def test_the_thread_follows_by_itself_and_survives_an_outage(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.people.feed.PAUSE_AFTER_FAILURE_SECONDS", 0.05)
    stop = threading.Event()
    thread = threading.Thread(target=company.house.feed.run, args=(stop,), daemon=True)
    company.issuer.away = True
    thread.start()
    newcomer = Popug(uuid4(), "Nell Nymph", "worker", company)
    company.issuer.tell(newcomer.as_told())
    time.sleep(0.1)
    company.issuer.away = False
    assert eventually(lambda: is_known(company, newcomer))
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def is_known(company: Company, popug: Popug) -> bool:
    with company.house.engine.connect() as connection:
        return find_person(connection, popug.id) is not None


def eventually(fact: Callable[[], bool]) -> bool:
    """Within five seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.02)
    return False


def test_one_token_does_for_many_questions(company: Company) -> None:
    for _ in range(4):
        company.house.feed.sync()
    assert company.issuer.fetches["/token"] == 1


def test_a_token_of_ours_that_is_refused_is_no_outage(company: Company, ann: Popug) -> None:
    company.issuer.service_token = "another"
    assert company.house.feed.sync()
    assert company.issuer.fetches["/token"] == 2


def test_each_process_hears_of_keys_though_another_has_stored_the_news(company: Company, ann: Popug) -> None:
    heard: list[dict[str, Any]] = []
    house = company.house
    with closing(Directory(house.settings)) as directory:
        other = Feed(house.engine, directory, house.clock, heard.append)
        other.sync()
        company.issuer.rotate("second")
        assert house.feed.sync()
        assert other.sync(wait_seconds=WAIT_SECONDS)
        assert heard[-1]["keys"][-1]["kid"] == "second"
        assert company.issuer.longest_wait == 0, "the news was stored before it asked, so it did not wait"
        other.sync(wait_seconds=WAIT_SECONDS)
        assert company.issuer.longest_wait == WAIT_SECONDS, "now it knows as much as the other"
