"""Every deed may be asked to run again: the money moves once, the answer is the same, nothing is left behind."""

import time
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from backend import database
from backend.database import TO_BE_REPEATED
from backend.tests.aborts import AskedToRepeatError, asked_to_repeat, every_nth_commit_fails
from backend.tests.company import Company, Popug
from backend.verification import verify


@pytest.fixture(params=[2, 3])
def a_database_that_asks_again(request: pytest.FixtureRequest) -> Iterator[None]:
    with every_nth_commit_fails(request.param):
        yield


def test_a_day_of_work_is_right_though_every_other_commit_fails(
    company: Company, a_database_that_asks_again: None, ann: Popug, bob: Popug, boss: Popug, penny: Popug
) -> None:
    tasks = [boss.creates() for _ in range(4)]
    assert boss.post("/reassignments").status_code == 201
    earned = 0
    for popug in (ann, bob, penny):
        for task in popug.get("/tasks").json()["items"]:
            earned += popug.completes(task).json()["earned_cents"]
    body = {"amount_cents": -700, "reason": "paid twice"}
    answers = [penny.post(f"/accounts/{ann.id}/corrections", body, key="once") for _ in range(2)]
    assert answers[0].text == answers[1].text
    company.closes(date(2026, 3, 4))
    assert earned == sum(task["reward_cents"] for task in tasks)
    with company.house.engine.connect() as connection:
        assert verify(connection) == []
    kinds = [row.kind for popug in (ann, bob, penny) for row in company.entries(popug)]
    assert (kinds.count("reward"), kinds.count("correction")) == (4, 1)


def test_who_is_asked_again_twenty_times_gets_through(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    pauses: list[float] = []
    monkeypatch.setattr(database, "time", SimpleNamespace(monotonic=time.monotonic, sleep=pauses.append))

    def deed(_connection: Connection) -> int:
        tries.append(len(tries))
        if len(tries) <= 20:
            raise asked_to_repeat()
        return len(tries)

    assert company.writing(deed) > 20
    assert sum(pauses) < database.PATIENCE_SECONDS


def test_a_database_that_never_agrees_is_told_of_at_last(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.05)

    def deed(_connection: Connection) -> None:
        raise asked_to_repeat()

    with pytest.raises(OperationalError, match="could not serialize"):
        company.writing(deed)


def test_the_injected_failure_is_one_that_is_repeated() -> None:
    assert AskedToRepeatError.sqlstate in TO_BE_REPEATED
