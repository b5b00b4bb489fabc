"""From every figure of the company to the entries behind it."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser
from frontend.tests.cast import ANN, BOB, BOSS, GOLD, Popug
from frontend.tests.fake_backend import FakeBackend
from frontend.tests.reading import Page

SaidBy = Callable[[Popug], Browser]


def test_every_figure_of_a_day_leads_to_its_entries(browser_of: SaidBy, backend: FakeBackend) -> None:
    backend.add_entry(-1200, "fee", "Fix the perch")
    backend.add_entry(3100, "reward", "Fix the perch")
    backend.add_entry(500, "correction", None, reason="Lost a receipt")
    browser = browser_of(GOLD)
    figures = [
        each for each in browser.open("/accounting/company").all("a") if "figure" in each.attributes.get("class", "")
    ]
    assert len(figures) == 5
    earned = browser.open(figures[0].attributes["href"])
    assert backend.heard[-1].query["from"] == "2026-11-23"
    assert earned.all("span", data_cents="-1900"), "fees less rewards, as management sees it"
    assert "Lost a receipt" not in earned.text
    everything = browser.open(earned.links()["Everything"])
    assert "Lost a receipt" in everything.text
    assert everything.links()["Bob Budgie"].endswith(f"account={BOB.id}")


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_the_books_by_period(browser_of: SaidBy, backend: FakeBackend, by: str) -> None:
    page = browser_of(GOLD).open(f"/accounting/company/periods?by={by}")
    assert backend.heard[-1].query == {"by": by}
    assert page.links()["Earlier"] == f"/accounting/company/periods?by={by}&before=2026-11-16"
    cells = [each for each in page.all("a") if "kind=earned" in each.attributes["href"]]
    assert cells[0].attributes["href"].endswith("from=2026-11-16&to=2026-11-22&kind=earned")


def test_long_lists_are_loaded_page_by_page(browser_of: SaidBy, backend: FakeBackend) -> None:
    backend.page = 2
    for number in range(5):
        backend.add_entry(-1200, "fee", f"Task {number}")
    browser = browser_of(GOLD)
    further = browser.open("/accounting/company/entries?kind=fee").links()["Load more"]
    fragment = browser.fragment(further)
    assert fragment.text.startswith('<hx-partial hx-target="#rows" hx-swap="beforeend">')
    assert len(Page(fragment.text).all("tr")) == 2


def test_csv_is_passed_on_with_the_same_filters(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    link = browser.open("/accounting/company/entries?kind=earned").links()["Save as CSV"]
    answer = browser.get(link)
    assert answer.text.splitlines()[1] == "/company/entries.csv,fee,reward"
    days = browser.open("/accounting/company").links()["Save as CSV"]
    assert browser.get(days).text.splitlines()[1] == "/company/days.csv,"


@pytest.mark.parametrize("popug", [ANN, BOSS])
@pytest.mark.parametrize("page", ["periods", "entries", "entries.csv", "days.csv"])
def test_others_are_refused(browser_of: SaidBy, popug: Popug, page: str) -> None:
    assert browser_of(popug).get(f"/accounting/company/{page}").status_code == 403
