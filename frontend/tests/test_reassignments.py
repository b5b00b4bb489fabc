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
