"""Assign tasks."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser, path_of
from frontend.tests.cast import ANN, BOSS, Popug
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.reading import Page


@pytest.mark.parametrize(("tasks", "said"), [(0, "0 tasks assigned"), (1, "1 task assigned"), (3, "3 tasks assigned")])
def test_the_result_says_how_many(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend, tasks: int, said: str
) -> None:
    for number in range(tasks):
        backend.add_task(f"Task {number}")
    boss = browser_of(BOSS)
    answer = boss.post("/reassignments", {"idempotency_key": "k"})
    assert answer.status_code == 303
    page = boss.open(path_of(answer))
    assert page.headings()[0] == said
    assert "by Boss Macaw" in page.text
    pressed_at = page.one("time")
    assert pressed_at.attributes["title"] == "Monday, 23 November 2026, 13:00:00 (Europe/Moscow)"
    assert pressed_at.text.endswith("13:00")
    in_place = boss.press("/reassignments", {"idempotency_key": "k2"})
    assert in_place.status_code == 200
    assert 'hx-target="#assignment"' in in_place.text
    assert in_place.headers["HX-Trigger"] == "tasks-changed"
    assert said in Page(in_place.text).text


def test_nobody_to_assign_to_is_said_beside_the_button(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    boss = browser_of(BOSS)
    backend.reason = "There is nobody to assign tasks to."
    page = boss.open("/tasks")
    assert page.one(id_="assignment-effect").text == "There is nobody to assign tasks to."
    assert not [each for each in page.all("button") if "disabled" in each.attributes], "pressing it says why as well"
    pressed = boss.press("/reassignments", {"idempotency_key": "k"})
    assert pressed.status_code == 409
    assert "There is nobody to assign tasks to." in Page(pressed.text).one(role="alert").text
    assert boss.post("/reassignments", {"idempotency_key": "k"}).status_code == 409


def test_a_worker_who_presses_anyway_is_refused_by_the_backend(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    answer = browser_of(ANN).post("/reassignments", {"idempotency_key": "k"})
    assert answer.status_code == 403
    assert "Only manager and admin may do this." in answer.text
    assert Page(answer.text).links()["Tasks"] == "/tasks"


def test_the_key_of_the_form_is_passed_on(browser_of: Callable[[Popug], Browser], backend: FakeBackend) -> None:
    browser_of(BOSS).post("/reassignments", {"idempotency_key": "of-this-form"})
    assert backend.heard[-1].headers["idempotency-key"] == "of-this-form"


def running(backend: FakeBackend, **differently: object) -> str:
    """A round of 1,000 tasks, a quarter of it dealt; returns its page."""
    said = {"total": 1000, "done": 250, "unchanged": 25, "state": "running", "seconds_left": 12, "finished_at": None}
    backend.answers["round"] = {**backend.answers["round"], **said, "people": [], "people_changed": 0, **differently}
    return f"/reassignments/{backend.answers['round']['id']}"


def test_a_large_round_shows_a_bar_that_asks_again_every_second_and_without_scripts_a_link(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    boss = browser_of(BOSS)
    boss.post("/reassignments", {"idempotency_key": "k"})
    path = running(backend)
    page = boss.open(path)
    bar = page.one("progress")
    assert (bar.attributes["max"], bar.attributes["value"]) == ("1000", "250")
    assert "250 of 1,000 dealt so far. About 12 seconds left." in page.text
    section = page.one(id_="round").attributes
    assert (section["hx-get"], section["hx-trigger"]) == (path, "every 1s")
    assert page.links()["Look again"] == path


def test_the_bar_gives_way_to_what_changed_for_whom(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    boss = browser_of(BOSS)
    backend.add_task("Oil the door")
    page = boss.open(path_of(boss.post("/reassignments", {"idempotency_key": "k"})))
    assert page.all("progress") == []
    assert "hx-trigger" not in page.one(id_="round").attributes
    assert "Boss Macaw" in page.one("tbody").text
    assert "$12" in page.one("tbody").text


def test_who_pressed_second_is_led_to_the_round_of_who_was_first(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    boss = browser_of(BOSS)
    boss.post("/reassignments", {"idempotency_key": "k"})
    path = running(backend)
    assert path_of(boss.post("/reassignments", {"idempotency_key": "k2"})) == f"{path}?joined=true"
    pressed = boss.press("/reassignments", {"idempotency_key": "k3"})
    assert pressed.headers["HX-Redirect"] == f"{path}?joined=true"
    assert "Boss Macaw pressed a moment before you." in boss.open(f"{path}?joined=true").text
