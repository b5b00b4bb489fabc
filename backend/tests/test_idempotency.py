"""One key, one effect; the answer may be had again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from sqlalchemy import func, select

from backend import idempotency
from backend.accounting.night_watch import NightWatch
from backend.idempotency import sweep
from backend.tests.company import Company, Popug


def test_the_same_key_and_body_get_the_first_answer(ann: Popug) -> None:
    first = ann.post("/tasks", {"title": "Oil the door"}, key="k-1")
    again = ann.post("/tasks", {"title": "Oil the door"}, key="k-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert len(ann.get("/tasks").json()["items"]) == 1


def test_the_same_key_with_another_body_is_refused(ann: Popug) -> None:
    ann.post("/tasks", {"title": "Oil the door"}, key="k-1")
    answer = ann.post("/tasks", {"title": "Paint the door"}, key="k-1")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_a_key_belongs_to_whoever_used_it(ann: Popug, bob: Popug) -> None:
    first = ann.post("/tasks", {"title": "Oil the door"}, key="k-1").json()["task"]["id"]
    assert bob.post("/tasks", {"title": "Oil the door"}, key="k-1").json()["task"]["id"] != first


def test_a_completion_repeated_with_its_key_is_answered_and_paid_once(ann: Popug, boss: Popug) -> None:
    task = boss.creates()
    first, again = (ann.post(f"/tasks/{task['id']}/completion", key="k-2") for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert ann.balance() == task["reward_cents"] - task["fee_cents"]


def test_a_reassignment_repeated_with_its_key_deals_once(ann: Popug, bob: Popug, boss: Popug) -> None:
    for _ in range(6):
        boss.creates()
    first, again = (boss.post("/reassignments", key="k-3").json() for _ in range(2))
    assert first == again


def test_a_reassignment_is_told_again_while_auth_service_is_away(
    company: Company, ann: Popug, boss: Popug, chief: Popug
) -> None:
    boss.creates()
    first = boss.post("/reassignments", key="k-3")
    company.auth_service_goes_away()
    again = boss.post("/reassignments", key="k-3")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert boss.post("/reassignments", key="k-4").status_code == 503, "a new press is asked for anew"
    assert chief.post("/reassignments", key="k-3").status_code == 503, "and a key belongs to whoever used it"
    assert ann.post("/reassignments", key="k-3").status_code == 403
    boss.post("/tasks", {"title": "Oil the door"}, key="k-5")
    assert boss.post("/reassignments", key="k-5").json()["type"] == "/problems/idempotency-key-reused"


def test_a_refusal_leaves_the_key_free(company: Company, boss: Popug) -> None:
    assert boss.post("/tasks", {"title": "Oil the door"}, key="k-4").status_code == 409
    company.hire("Ann Aracari")
    assert boss.post("/tasks", {"title": "Oil the door"}, key="k-4").status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "with space"])
def test_a_key_that_is_none_is_refused(company: Company, ann: Popug, key: str) -> None:
    headers = [*ann.headers().items(), ("Idempotency-Key", key)]
    assert company.client.post("/tasks", json={"title": "Oil the door"}, headers=headers).status_code == 422


def test_the_same_key_sent_by_six_threads_at_once_has_one_effect(ann: Popug) -> None:
    def send(_: int) -> httpx2.Response:
        return ann.post("/tasks", {"title": "Oil the door"}, key="k-5")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(ann.get("/tasks").json()["items"]) == 1


def keys(company: Company) -> int:
    with company.house.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(idempotency.idempotency)).scalar_one()


def test_keys_of_last_week_are_forgotten_a_few_at_a_time(
    company: Company, ann: Popug, bob: Popug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "SWEPT_AT_ONCE", 3)
    for number in range(5):
        for popug in (ann, bob):
            popug.post("/tasks", {"title": "Oil the door"}, key=f"old-{number}")
    company.time_passes(days=6, hours=23)
    for popug in (ann, bob):
        popug.post("/tasks", {"title": "Oil the door"}, key="new")
    assert sweep(company.house.engine, company.clock()) == 0
    company.time_passes(hours=2)
    assert sweep(company.house.engine, company.clock()) == 10
    assert keys(company) == 2
    assert sweep(company.house.engine, company.clock()) == 0


def test_the_night_watch_sweeps_once_an_hour(company: Company, ann: Popug) -> None:
    watch = NightWatch(company.house.engine, company.house.calendar, company.clock)
    for left in (0, 1):
        ann.post("/tasks", {"title": "Oil the door"}, key="old")
        company.time_passes(days=8)
        watch.sweep_now_and_then(threading.Event())
        assert keys(company) == left
