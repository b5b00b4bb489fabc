"""A round of Assign tasks so large that it goes on for a while: killed in the middle, followed, joined, read (T5)."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House
from e2e.test_dashboards import LOOKS, axe_violations, no_sideways_scrolling

TASKS, POPUGS = 60_000, 300  # some seconds of work, even for a machine that has nothing else to do
ROUND_MS, MOMENT_MS = 180_000, 30_000

Visit = Callable[..., Person]

pytestmark = pytest.mark.usefixtures("unknown_faces")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """With so much to do that it is nobody else's."""
    house = House(tmp_path_factory.mktemp("rounds") / "var")
    house.found(tasks=TASKS, popugs=POPUGS)
    house.start()
    yield house
    house.stop()


def begins(manager: Person) -> str:
    """Presses the button; the address of the round, for whoever wants to look at it."""
    manager.presses_assign_tasks()
    expect(manager.page.get_by_role("heading", name=f"Dealing {TASKS:,} tasks")).to_be_visible(timeout=MOMENT_MS)
    return manager.page.url


def bar(page: Page) -> Locator:
    return page.get_by_role("progressbar", name="Dealt so far")


def dealt(page: Page) -> int:
    return int(bar(page).get_attribute("value") or "")


def moves(page: Page) -> None:
    """By itself: nothing is pressed and nothing loaded anew."""
    expect(bar(page)).to_have_attribute("max", str(TASKS))
    before = dealt(page)
    expect(bar(page)).not_to_have_attribute("value", str(before), timeout=MOMENT_MS)
    assert before < dealt(page) <= TASKS


def ends(page: Page) -> None:
    expect(page.get_by_role("heading", name=f"{TASKS:,} tasks assigned")).to_be_visible(timeout=ROUND_MS)
    expect(bar(page)).to_have_count(0)


def figure(page: Page, label: str) -> int:
    return int(page.locator(".figure").filter(has_text=label).locator(".number").inner_text().replace(",", ""))


def test_killed_in_the_middle_a_round_goes_on_to_its_end(house: House, visit: Visit, watch: Watch) -> None:
    """And so does the page that was open all the while."""
    watch.expected += ["Failed to load resource: net::ERR_", "htmx: htmx:error: Failed to fetch"]
    manager = visit("manager")
    page = manager.page
    begins(manager)
    moves(page)
    with watch.expecting(503):  # from the frontend, before it is stopped as well
        os.kill(house.process_id("backend"), signal.SIGKILL)
    assert house.process
    assert house.process.wait(timeout=15) != 0
    expect(page.get_by_role("status").filter(has_text="aTES does not answer")).to_be_visible()
    assert 0 < dealt(page) < TASKS
    house.start()
    ends(page)
    assert "The books are right." in house.command("backend", "verify")
    assert f"all {TASKS} tasks are where the draw sent them" in house.command("backend", "verify-draw", "last")


def test_a_manager_follows_the_bar_to_what_changed_for_whom(visit: Visit) -> None:
    manager, second = visit("manager"), visit("manager", 1)
    address = begins(manager)
    moves(manager.page)
    second.presses_assign_tasks()
    expect(second.page.get_by_text(f"{manager.name} pressed a moment before you.")).to_be_visible()
    assert second.page.url == f"{address}?joined=true"
    moves(manager.page)
    for page in (manager.page, second.page):
        ends(page)
        assert figure(page, "Went to somebody else") + figure(page, "Stayed where they were") == TASKS
        changed = page.get_by_role("table", name="What changed for whom").get_by_role("row")
        expect(changed).to_have_count(1 + 50)
        expect(page.get_by_text("Shown are the 50 with most new tasks, of")).to_be_visible()


def test_without_scripts_a_link_looks_again(visit: Visit) -> None:
    manager = visit("manager", java_script_enabled=False)
    begins(manager)
    page, seen = manager.page, [0]
    while page.get_by_role("link", name="Look again").is_visible():
        seen.append(dealt(page))
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Look again").click()
    ends(page)
    assert seen == sorted(seen)
    assert len(set(seen)) > 2


def test_the_bar_waits_for_a_backend_that_does_not_answer(house: House, visit: Visit, watch: Watch) -> None:
    manager = visit("manager")
    page = manager.page
    begins(manager)
    moves(page)
    with watch.expecting(503), house.frozen("backend"):
        expect(page.get_by_role("status").filter(has_text="The task service does not answer")).to_be_visible()
        expect(bar(page)).to_be_visible()
    moves(page)
    ends(page)


def test_a_round_can_be_read_by_everybody_while_it_goes_on_and_after(
    visit: Visit, screenshot: Callable[[Page, str], None]
) -> None:
    manager = visit("manager")
    pages = {look: visit("manager", 1, **options).page for look, options in LOOKS.items()}
    address = begins(manager)
    moves(manager.page)
    for page in pages.values():
        page.route("**/reassignments/*", stand_still)
        page.goto(address)
        expect(bar(page)).to_be_visible()
    for look, page in pages.items():
        look_closely(page, f"round-running-{look}", screenshot)
    ends(manager.page)
    for look, page in pages.items():
        page.goto(address)
        ends(page)
        look_closely(page, f"round-done-{look}", screenshot)


def stand_still(route: Route) -> None:
    """The page stays as it was opened: it asks, and hears that there is nothing new."""
    if route.request.headers.get("hx-request"):
        route.fulfill(status=204)
    else:
        route.continue_()


def look_closely(page: Page, name: str, screenshot: Callable[[Page, str], None]) -> None:
    screenshot(page, name)
    assert axe_violations(page) == [], name
    assert no_sideways_scrolling(page), name
