"""What people notice when somebody's role changes, or when a neighbour service does not answer (S5-S7)."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House

NOTICED_SECONDS = 2.0


@pytest.fixture
def newcomer(house: House, new_page: Callable[..., Page]) -> Iterator[Person]:
    """Hired for this test, dismissed after it, so that nobody else's work is touched."""
    email = f"newcomer-{time.time_ns()}@uberpopug.example"
    said = house.command("auth-service", "person", "add", "--role", "worker", "Nico Newcomer", email)
    found = re.search(r"BEAK(-[0-9A-Z]+)+", said)
    assert found, said
    yield Person(page=new_page(), name="Nico Newcomer", email=email, role="worker", beak_shape=found[0])
    house.command("auth-service", "person", "disable", email)


def test_a_dismissed_popug_is_out_within_two_seconds(house: House, newcomer: Person) -> None:
    newcomer.signs_in()
    house.command("auth-service", "person", "disable", newcomer.email)
    time.sleep(NOTICED_SECONDS)
    newcomer.page.goto("/tasks")
    expect(newcomer.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_a_new_role_is_noticed_within_two_seconds(house: House, newcomer: Person) -> None:
    newcomer.signs_in()
    house.command("auth-service", "person", "role", newcomer.email, "manager")
    time.sleep(NOTICED_SECONDS)
    newcomer.signs_in(at="/tasks")
    expect(newcomer.page.get_by_role("button", name="Assign tasks", exact=True)).to_be_visible()


def test_without_auth_service_those_who_are_signed_in_go_on(house: House, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    with house.frozen("auth-service"):
        worker.creates("Refill the bird bath")
        worker.page.goto("/accounting")
        expect(worker.page.get_by_role("heading", name="My account", exact=True)).to_be_visible()


def test_without_auth_service_signing_in_says_so(house: House, new_page: Callable[..., Page], watch: Watch) -> None:
    page = new_page()
    with house.frozen("auth-service"), watch.expecting(503):
        answer = page.goto("/")
        assert answer
        assert answer.status == 503
    expect(page.get_by_role("heading")).not_to_have_count(0)


def test_without_backend_the_page_keeps_its_frame_and_what_was_typed(
    house: House, meet: Callable[..., Person], watch: Watch
) -> None:
    worker = meet("worker")
    worker.page.goto("/tasks")
    with house.frozen("backend"), watch.expecting(503):
        worker.fills_in("Typed while the backend slept", "and not lost")
        expect(worker.page.get_by_role("alert").first).to_be_visible()
        expect(worker.page.get_by_label("Title", exact=True)).to_have_value("Typed while the backend slept")
        expect(worker.page.get_by_role("link", name="Tasks", exact=True)).to_be_visible()


def test_without_auth_service_nothing_is_assigned_and_the_button_says_why(
    house: House, meet: Callable[..., Person], watch: Watch
) -> None:
    manager = meet("manager")
    manager.page.goto("/tasks")
    with house.frozen("auth-service"), watch.expecting(503):
        manager.page.get_by_role("button", name="Assign tasks", exact=True).click()
        expect(manager.page.get_by_role("alert").filter(has_text="The user base does not answer")).to_be_visible()
