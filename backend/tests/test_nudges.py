"""Somebody waits for news of their account: told at once, of what is theirs, and nothing is held meanwhile (T7)."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import httpx2
import pytest

from backend.tests.company import Company, Popug
from backend.watch import LOOK_EVERY_SECONDS, Watch

AT_ONCE_SECONDS = 4.0  # two, and what a busy machine takes


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as often as shipped."""
    monkeypatch.setattr("backend.watch.LOOK_EVERY_SECONDS", LOOK_EVERY_SECONDS / 10)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def mark_of(popug: Popug) -> int:
    mark: int = popug.get("/nudges").json()["mark"]
    return mark


def watch_of(company: Company) -> Watch:
    watch: Watch = company.app.state.watch
    return watch


def waits(pool: ThreadPoolExecutor, popug: Popug, *, wait: float = 20) -> "Future[httpx2.Response]":
    """Has sat down when this returns."""
    watch, query = watch_of(popug.company), {"after": mark_of(popug), "wait": wait}
    before = watch.waiting
    answer = pool.submit(popug.get, "/nudges", **query)
    until = time.monotonic() + 5
    while watch.waiting == before:
        assert time.monotonic() < until
        time.sleep(0.01)
    return answer


def told(answer: "Future[httpx2.Response]") -> dict[str, object]:
    response = answer.result(timeout=AT_ONCE_SECONDS)
    assert response.status_code == 200, response.text
    news: dict[str, object] = response.json()
    return news


def test_new_work_by_somebody_else_wakes_its_assignee(
    company: Company, ann: Popug, boss: Popug, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.watch.LOOK_EVERY_SECONDS", LOOK_EVERY_SECONDS)
    answer = waits(pool, ann)
    boss.creates()
    assert told(answer) == {"mark": 1, "by_others": True, "new_tasks": 1}
    assert watch_of(company).waiting == 0


def test_each_of_several_pages_is_woken(company: Company, ann: Popug, boss: Popug, pool: ThreadPoolExecutor) -> None:
    answers = [waits(pool, ann) for _ in range(3)]
    boss.creates()
    assert [told(answer)["mark"] for answer in answers] == [1, 1, 1]


def test_ones_own_doing_is_told_as_such(company: Company, ann: Popug, pool: ThreadPoolExecutor) -> None:
    answer = waits(pool, ann)
    task = ann.creates()
    assert told(answer) == {"mark": 1, "by_others": False, "new_tasks": 0}
    answer = waits(pool, ann)
    ann.completes(task)
    assert told(answer) == {"mark": 2, "by_others": False, "new_tasks": 0}


def test_new_work_that_is_done_already_is_news_but_no_work(company: Company, ann: Popug, boss: Popug) -> None:
    ann.completes(boss.creates())
    boss.creates()
    assert ann.get("/nudges", after=0).json() == {"mark": 3, "by_others": True, "new_tasks": 1}


def test_a_round_a_correction_and_a_payout_wake_too(
    company: Company, ann: Popug, penny: Popug, boss: Popug, pool: ThreadPoolExecutor
) -> None:
    answer = waits(pool, ann)
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 1250, "reason": "a gift"})
    assert told(answer) == {"mark": 1, "by_others": True, "new_tasks": 0}
    answer = waits(pool, ann)
    company.closes(company.now().day)
    assert told(answer) == {"mark": 2, "by_others": True, "new_tasks": 0}
    while charges(penny) < 3:
        boss.creates()
    penny.leave()  # so that a round brings Ann all of hers
    answer, before = waits(pool, ann), charges(ann)
    boss.post("/reassignments")
    news = told(answer)
    assert news["by_others"]
    assert news["new_tasks"] == charges(ann) - before == 3


def charges(ann: Popug) -> int:
    return len([each for each in ann.company.entries(ann) if each.kind == "fee"])


def test_what_happens_to_others_wakes_nobody_else(
    company: Company, ann: Popug, bob: Popug, penny: Popug, pool: ThreadPoolExecutor
) -> None:
    answer = waits(pool, ann, wait=0.5)
    penny.post(f"/accounts/{bob.id}/corrections", {"amount_cents": 100, "reason": "a gift"})
    response = answer.result(timeout=0.5 + AT_ONCE_SECONDS)
    assert response.json() == {"mark": 0, "by_others": False, "new_tasks": 0}
    assert response.elapsed >= timedelta(seconds=0.5), "nobody woke her before her time"


def test_nothing_is_held_while_somebody_waits(company: Company, ann: Popug, pool: ThreadPoolExecutor) -> None:
    answers = [waits(pool, ann, wait=0.7) for _ in range(5)]
    seen = set()
    for _ in range(100):  # the look itself takes a connection for a moment
        seen.add(company.house.engine.pool.checkedout())  # type: ignore[attr-defined]
        time.sleep(0.005)
    assert 0 in seen
    assert max(seen) <= 1
    for answer in answers:
        assert told(answer)["mark"] == 0
    until = time.monotonic() + 3
    while watch_of(company).looking:
        assert time.monotonic() < until, "nobody looks while nobody waits"
        time.sleep(0.05)


def test_nobody_takes_all_the_seats(
    ann: Popug, bob: Popug, penny: Popug, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.watch.MOST_OF_ONE_PERSON", 2)
    of_ann = [waits(pool, ann) for _ in range(2)]
    assert ann.get("/nudges", after=0).status_code == 503
    assert bob.get("/nudges", after=0, wait=0.1).status_code == 200
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 100, "reason": "a gift"})
    assert [told(answer)["mark"] for answer in of_ann] == [1, 1]


def test_there_are_seats_for_so_many(company: Company, ann: Popug, boss: Popug, pool: ThreadPoolExecutor) -> None:
    watch_of(company).most = 1
    answer = waits(pool, ann)
    refused = ann.get("/nudges", after=0)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "15")
    assert refused.json()["type"] == "/problems/too-many-waiting"
    assert ann.get("/nudges").status_code == 200, "who does not wait needs no seat"
    boss.creates()
    assert told(answer)["mark"] == 1


def test_who_is_dismissed_hears_nothing_any_more(
    company: Company, ann: Popug, penny: Popug, pool: ThreadPoolExecutor
) -> None:
    headers, answer = ann.headers(), waits(pool, ann)
    ann.leave()
    penny.post(f"/accounts/{ann.id}/corrections", {"amount_cents": 100, "reason": "farewell"})
    assert answer.result(timeout=AT_ONCE_SECONDS).status_code == 401
    refused = company.client.get("/nudges", params={"after": 0}, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/dismissed")


def test_nobody_waits_for_a_process_that_ends(company: Company, ann: Popug, pool: ThreadPoolExecutor) -> None:
    answer = waits(pool, ann)
    company.client.portal.call(watch_of(company).close)  # type: ignore[union-attr]
    assert told(answer)["mark"] == 0
    later = ann.get("/nudges", after=0)
    assert later.status_code == 200
    assert later.elapsed < timedelta(seconds=AT_ONCE_SECONDS)


def test_a_look_that_fails_is_tried_again(
    company: Company, ann: Popug, boss: Popug, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([RuntimeError("the database is away")])

    def look(watch: Watch, people: list[object]) -> dict[object, int]:
        for failure in failures:
            raise failure
        return real(watch, people)  # type: ignore[arg-type, return-value]

    real = Watch.look
    monkeypatch.setattr(Watch, "look", look)
    answer = waits(pool, ann)
    boss.creates()
    assert told(answer)["mark"] == 1


def test_a_mark_that_makes_no_sense(company: Company, ann: Popug) -> None:
    for query in ({"after": -1}, {"after": "x"}, {"after": 2**63}, {"wait": 26}, {"wait": -1}):
        assert ann.get("/nudges", **query).status_code == 422
    assert ann.get("/nudges", after=2**63 - 1).json() == {"mark": 0, "by_others": False, "new_tasks": 0}
