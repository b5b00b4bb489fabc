"""Everybody's account in a company of many: loaded page by page, searched, and sorted by debt (A1, N2)."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.people import Person
from e2e.premises import House
from e2e.test_dashboards import LOOKS, axe_violations, no_sideways_scrolling

TASKS, POPUGS = 2_000, 120
PAGES = ("/accounting/company", "/accounting/accounts", "/accounting/accounts?show=red", "/analytics")

Visit = Callable[..., Person]

pytestmark = pytest.mark.usefixtures("unknown_faces")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """With more accounts than a page shows."""
    house = House(tmp_path_factory.mktemp("accounts") / "var")
    house.found(tasks=TASKS, popugs=POPUGS)
    house.start()
    yield house
    house.stop()


def accounts(page: Page) -> Locator:
    return page.locator("[data-account-id]")


def load_more(page: Page) -> None:
    page.locator("#more-accounts").get_by_role("link", name="Load more", exact=True).click()


def test_the_company_page_shows_some_and_loads_more_in_place(visit: Visit) -> None:
    page = visit("accountant").page
    page.goto("/accounting/company")
    for shown in (50, 100):
        expect(accounts(page)).to_have_count(shown)
        load_more(page)
    expect(page.locator("#more-accounts").get_by_role("link")).to_have_count(0)
    names = page.locator("#account-rows th").all_inner_texts()
    assert len(names) == len(set(names)) > POPUGS
    assert names == sorted(names)
    assert page.url.endswith("/accounting/company")


def test_my_own_log_and_everybodys_accounts_are_loaded_apart(visit: Visit) -> None:
    assert visit("manager").assigns_all() == TASKS
    page = visit("accountant").page
    page.goto("/accounting")
    entries = page.locator("#entries tr").count()
    assert entries
    load_more(page)
    expect(accounts(page)).to_have_count(100)
    expect(page.locator("#entries tr")).to_have_count(entries)


def test_without_scripts_load_more_is_a_link_to_the_next_page(visit: Visit) -> None:
    page = visit("accountant", java_script_enabled=False).page
    page.goto("/accounting/company")
    seen = accounts(page).all_inner_texts()
    while page.locator("#more-accounts").get_by_role("link").count():
        load_more(page)
        expect(page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
        seen += accounts(page).all_inner_texts()
    assert len(seen) == len(set(seen)) > POPUGS


def test_an_account_is_found_and_the_address_remembers_what_was_asked(visit: Visit) -> None:
    page = visit("accountant").page
    page.goto("/accounting/company")
    page.get_by_label("Find an account").fill("popug 11")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    expect(accounts(page)).to_have_count(11)
    assert page.url.endswith("/accounting/accounts?q=popug+11")
    page.get_by_role("link", name="In the red").click()
    assert page.url.endswith("/accounting/accounts?q=popug+11&show=red")
    debts = [int(each.get_attribute("data-cents") or "") for each in page.locator("td.total [data-cents]").all()]
    assert len(debts) == 11
    assert debts == sorted(debts)
    page.get_by_label("Search").fill("popug-117@uberpopug.example")
    page.get_by_role("button", name="Search").click()
    expect(accounts(page)).to_have_count(1)
    page.get_by_label("Search").fill("nobody of that name")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Clear the search").click()
    expect(accounts(page)).to_have_count(50)


def test_all_who_are_in_the_red_are_a_link_away_from_analytics(visit: Visit) -> None:
    page = visit("admin").page
    page.goto("/analytics")
    count = int(page.locator("a[href='#in-the-red'] .number").inner_text())
    page.get_by_role("link", name=f"and {count - 20} more").click()
    seen = 50
    while page.locator("#more-accounts").get_by_role("link").count():
        load_more(page)
        seen = min(seen + 50, count)
        expect(accounts(page)).to_have_count(seen)
    assert seen == count >= POPUGS


@pytest.mark.parametrize("look", LOOKS)
def test_the_lists_of_many_can_be_read_by_everybody(
    look: str, visit: Visit, screenshot: Callable[[Page, str], None]
) -> None:
    page = visit("admin", **LOOKS[look]).page
    for path in PAGES:
        page.goto(path)
        if page.locator("#more-accounts").count():
            load_more(page)
            expect(accounts(page)).to_have_count(100)
        page.evaluate("scrollTo(0, 0)")
        screenshot(page, f"many-{path.strip('/').replace('/', '-').replace('?', '-')}-{look}")
        assert axe_violations(page) == [], path
        assert no_sideways_scrolling(page), path
