"""Trading tasks: created and charged, done and rewarded, dealt anew (T4-T6, A3, A4)."""

from collections.abc import Callable

from playwright.sync_api import expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House


def email_of(house: House, name: str) -> str:
    return next(each["email"] for each in house.people() if each["name"] == name)


def test_a_created_task_is_charged_to_its_assignee(house: House, meet: Callable[..., Person]) -> None:
    task = meet("worker").creates("Oil the squeaking swing", "The one by the window")
    assignee = meet(email=email_of(house, task.assignee))
    assignee.page.goto("/accounting")
    entry = assignee.page.get_by_role("row").filter(has_text="Oil the squeaking swing")
    cents = int(entry.locator("[data-cents]").first.get_attribute("data-cents") or "")
    assert -2000 <= cents <= -1000
    assert cents % 100 == 0


def test_a_done_task_is_rewarded_once(house: House, meet: Callable[..., Person]) -> None:
    task = meet("worker").creates("Count the millet")
    assignee = meet(email=email_of(house, task.assignee))
    before = assignee.balance_cents()
    assignee.page.goto("/tasks?show=mine&status=open")
    assignee.completes("Count the millet")
    earned = assignee.balance_cents() - before
    assert 2000 <= earned <= 4000
    assert earned % 100 == 0


def test_a_manager_deals_every_open_task_anew(meet: Callable[..., Person]) -> None:
    manager = meet("manager")
    manager.creates("Untangle the bells")
    assert manager.assigns_all() >= 1


def test_a_worker_has_no_button_to_assign_tasks(meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto("/tasks")
    expect(worker.page.get_by_role("button", name="Assign tasks", exact=True)).to_have_count(0)


def test_a_title_with_brackets_is_refused_and_kept(meet: Callable[..., Person], watch: Watch) -> None:
    worker = meet("worker")
    worker.page.goto("/tasks")
    with watch.expecting(422):
        worker.fills_in("Fix the [perch] today", "It leans")
        expect(worker.page.get_by_label("Title", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(worker.page.get_by_label("Title", exact=True)).to_have_value("Fix the [perch] today")
    expect(worker.page.get_by_label("Description", exact=True)).to_have_value("It leans")


def test_a_key_pasted_with_the_title_becomes_the_key(meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto("/tasks?show=all")
    worker.fills_in("[POPUG-42] - Fix the perch by the lake")
    row = worker.row("Fix the perch by the lake")
    expect(row).to_contain_text("POPUG-42")
    expect(row).not_to_contain_text("[POPUG-42]")


def test_the_main_job_works_without_javascript(house: House, meet: Callable[..., Person]) -> None:
    task = meet("worker", java_script_enabled=False).creates("Sweep the husks")
    assignee = meet(email=email_of(house, task.assignee), java_script_enabled=False)
    assignee.page.goto("/tasks?show=mine&status=open")
    assignee.completes("Sweep the husks")
    manager = meet("manager", java_script_enabled=False)
    assert manager.assigns_all() >= 1
    manager.signs_out()


def test_a_title_too_long_is_refused_and_nothing_is_cut_off(meet: Callable[..., Person], watch: Watch) -> None:
    worker = meet("worker")
    worker.page.goto("/tasks")
    with watch.expecting(422):
        worker.fills_in("x" * 201)
        expect(worker.page.get_by_label("Title", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(worker.page.get_by_label("Title", exact=True)).to_have_value("x" * 201)


def test_an_empty_title_is_answered_with_a_sentence(meet: Callable[..., Person], watch: Watch) -> None:
    worker = meet("worker")
    worker.page.goto("/tasks")
    with watch.expecting(422):
        worker.fills_in("")
        expect(worker.page.get_by_text("A task needs a title.")).to_be_visible()


def test_one_endless_word_breaks_nobodys_board(house: House, meet: Callable[..., Person]) -> None:
    title = "Squawk" * 30
    task = meet("worker").creates(title)
    assignee = meet(email=email_of(house, task.assignee))
    assignee.page.goto("/tasks?show=mine&status=open")
    expect(assignee.row(title).get_by_role("button", name="Done", exact=True)).to_be_in_viewport(ratio=1)
    assignee.completes(title)
