"""Done: by the assignee, once, paid in the same transaction."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx2 import Response
from sqlalchemy import Engine, event, text

from backend.accounting.ledger import record
from backend.database import writing
from backend.tasks import completion
from backend.tasks.completion import AlreadyCompleted, NotYourTask, Reward, complete, complete_in_one
from backend.tasks.reassignment import reassign
from backend.tests.company import Company, Popug
from backend.verification import verify


def test_done_pays_the_reward(company: Company, ann: Popug, boss: Popug) -> None:
    task = boss.creates()
    answer = ann.completes(task).json()
    assert answer["earned_cents"] == task["reward_cents"]
    assert answer["balance_cents"] == task["reward_cents"] - task["fee_cents"] == ann.balance()
    assert (answer["task"]["status"], answer["task"]["can_complete"]) == ("done", False)
    assert answer["task"]["done_at"] is not None
    assert [entry.kind for entry in company.entries(ann)] == ["fee", "reward"]


def test_an_unknown_task_is_not_found(ann: Popug) -> None:
    answer = ann.post(f"/tasks/{uuid4()}/completion")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-task")
    assert ann.get(f"/tasks/{uuid4()}").status_code == 404
    assert ann.post("/tasks/seven/completion").status_code == 422


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """All of them, started together; an exception is an outcome like others."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> object:
        start.wait()
        try:
            return deed()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def finish(company: Company, task_id: UUID, by: Popug) -> Reward:
    engine, at = company.house.engine, company.now()
    return writing(engine, lambda connection: complete(connection, task_id, by=by.id, at=at))


def test_of_fifty_threads_completing_one_task_one_wins_and_it_is_paid_once(
    company: Company, ann: Popug, boss: Popug
) -> None:
    task_id = UUID(boss.creates()["id"])
    outcomes = at_once(*[lambda: finish(company, task_id, ann)] * 50)
    assert sum(isinstance(outcome, Reward) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyCompleted) for outcome in outcomes) == 49
    assert [entry.kind for entry in company.entries(ann)] == ["fee", "reward"]


def test_the_first_reward_of_a_new_day_ends_the_day_before(company: Company, ann: Popug, boss: Popug) -> None:
    first, second = boss.creates(), boss.creates()
    ann.completes(first)
    company.time_passes(days=1)
    answer = ann.completes(second).json()
    assert (answer["earned_cents"], answer["balance_cents"]) == (second["reward_cents"], ann.balance())
    with company.house.engine.connect() as connection:
        assert verify(connection) == []


@pytest.mark.parametrize("seed", range(4))
def test_completion_racing_a_shuffle_pays_whoever_held_the_task(
    company: Company, ann: Popug, bob: Popug, boss: Popug, seed: int
) -> None:
    tasks = [boss.creates(f"Chore {number}") for number in range(6)]
    held = {UUID(task["id"]): ann if task["assignee"]["id"] == str(ann.id) else bob for task in tasks}
    lot, at = company.house.lot, company.now()

    def shuffle() -> UUID:
        return writing(company.house.engine, lambda connection: reassign(connection, by=boss.id, at=at, lot=lot))

    finishing = [lambda task_id=task_id, by=by: finish(company, task_id, by) for task_id, by in held.items()]
    outcomes = at_once(shuffle, *finishing)
    assert all(isinstance(outcome, UUID | Reward | NotYourTask) for outcome in outcomes), outcomes
    with company.house.engine.connect() as connection:
        assert verify(connection) == []


def test_a_round_of_one_transaction_and_done_make_no_ring(
    company: Company, ann: Popug, bob: Popug, boss: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Done holds its task and wants its account; the round waits for that task, and may hold no account by then."""
    engine = company.house.engine
    tasks = [boss.creates(f"Chore {number}") for number in range(30)]  # so many that Ann is dealt another one
    mine = next(task for task in tasks if task["assignee"]["id"] == str(ann.id))
    company.time_passes(days=1)  # with a day to end first, Done takes more than one statement
    states, answers = failures(engine), list[Future[Response]]()
    with ThreadPoolExecutor(1) as pool:

        def press_and_record(*given: Any, **more: Any) -> Any:
            if not answers:
                answers.append(pool.submit(boss.post, "/reassignments"))
                if engine.dialect.name == "postgresql":  # on SQLite it waits for the whole of Done
                    until_somebody_waits(engine)
            return record(*given, **more)

        monkeypatch.setattr(completion, "record", press_and_record)
        assert finish(company, UUID(mine["id"]), ann)
    assert [answer.result().status_code for answer in answers] == [201]
    assert "40P01" not in states
    with engine.connect() as connection:
        assert verify(connection) == []


def failures(engine: Engine) -> list[str | None]:
    """The SQLSTATE of each error from now on, those that are tried again included."""
    states: list[str | None] = []
    event.listen(engine, "handle_error", lambda of: states.append(getattr(of.original_exception, "sqlstate", None)))
    return states


def until_somebody_waits(engine: Engine) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + 10
    with engine.connect() as connection:
        while not connection.scalar(text(waiting)):
            assert time.monotonic() < until, "nobody waits"
            connection.rollback()
            time.sleep(0.01)


def test_twenty_tasks_of_one_popug_finished_at_once_are_all_paid(company: Company, ann: Popug, boss: Popug) -> None:
    """On PostgreSQL each in one statement, which sees the balance that the one before left."""
    tasks = [boss.creates(f"Chore {number}") for number in range(20)]
    engine, at = company.house.engine, company.now()
    short_way = complete_in_one if engine.dialect.name == "postgresql" else complete

    def finish_shortly(task_id: UUID) -> Reward | None:
        return writing(engine, lambda connection: short_way(connection, task_id, by=ann.id, at=at))

    ids = [UUID(task["id"]) for task in tasks]
    outcomes = at_once(*[lambda each=each: finish_shortly(each) for each in ids])
    assert all(isinstance(outcome, Reward) for outcome in outcomes), outcomes
    assert ann.balance() == sum(task["reward_cents"] - task["fee_cents"] for task in tasks)
    with engine.connect() as connection:
        assert verify(connection) == []
