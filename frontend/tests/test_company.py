"""From every figure of the company to the entries behind it."""

from collections.abc import Callable
from datetime import date

import pytest

from frontend.tests.browser import Browser
from frontend.tests.cast import ANN, BOB, BOSS, GOLD, ROOT, Popug
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
@pytest.mark.parametrize(
    "page", ["company/periods", "company/entries", "company/entries.csv", "company/days.csv", "accounts"]
)
def test_others_are_refused(browser_of: SaidBy, popug: Popug, page: str) -> None:
    assert browser_of(popug).get(f"/accounting/{page}").status_code == 403


@pytest.mark.parametrize("path", ["/accounting", "/accounting/company", "/accounting/accounts"])
def test_accounts_are_loaded_page_by_page_wherever_they_are_shown(
    browser_of: SaidBy, backend: FakeBackend, path: str
) -> None:
    backend.page = 2
    browser = browser_of(GOLD)
    page = browser.open(path)
    assert len(page.all(data_account_id="*")) == 2
    further = page.links()["Load more"]
    assert further == "/accounting/accounts?after=2"
    fragment = browser.fragment(further)
    assert fragment.text.startswith('<hx-partial hx-target="#account-rows" hx-swap="beforeend">')
    assert len(Page(fragment.text).all(data_account_id="*")) == 2
    assert Page(fragment.text).links()["Load more"] == "/accounting/accounts?after=4"
    last = browser.open("/accounting/accounts?after=4")
    assert len(last.all(data_account_id="*")) == 1
    assert "Load more" not in last.links()


def test_an_account_is_found_by_name_and_the_search_lives_in_the_address(
    browser_of: SaidBy, backend: FakeBackend
) -> None:
    browser = browser_of(GOLD)
    field = browser.open("/accounting/company?day=2026-11-21").one("input", name="q")
    assert field.attributes["maxlength"] == "100"
    page = browser.open("/accounting/accounts?q=budgie&day=2026-11-21")
    assert backend.heard[-1].query == {"q": "budgie", "day": "2026-11-21"}
    assert len([heard for heard in backend.heard if heard.path == "/accounts"]) == 1
    assert [each.text for each in page.all("th", scope="row")] == ["Bob Budgie"]
    assert page.one("input", name="q").attributes["value"] == "budgie"
    assert page.links()["In the red"] == "/accounting/accounts?q=budgie&day=2026-11-21&show=red"
    assert page.links()["“budgie” ×remove this filter"] == "/accounting/accounts?day=2026-11-21"
    nobody = browser.open("/accounting/accounts?q=nobody&show=red")
    assert "Nobody like that" in nobody.text
    assert nobody.links()["Clear the search"] == "/accounting/accounts?show=red"


def test_who_is_in_the_red_is_a_filter(browser_of: SaidBy, backend: FakeBackend) -> None:
    backend.page = 1
    browser = browser_of(GOLD)
    page = browser.open(browser.open("/accounting/company").links()["In the red"])
    assert page.one("a", aria_current="true", href="/accounting/accounts?show=red").text == "In the red"
    assert [each.text for each in page.all("th", scope="row")] == ["Ann Ara"]
    assert page.links()["Load more"] == "/accounting/accounts?show=red&after=1"
    assert backend.heard[-1].query == {"show": "red"}
    browser.open("/accounting/accounts?show=bogus")
    assert backend.heard[-1].query == {}


def test_days_that_are_refused_stay_in_the_form_with_the_reason_above_it(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    address = "?kind=fee&from=2026-11-05&to=2026-11-01"
    answer = browser.get(f"/accounting/company/entries{address}")
    assert answer.status_code == 422
    page = Page(answer.text)
    sentence = "The first day, 2026-11-05, comes after the last, 2026-11-01: swap them."
    assert page.one(role="alert").text == sentence
    values = {each.attributes["name"]: each.attributes["value"] for each in page.all("input", value="*")}
    assert values.items() >= {"kind": "fee", "from": "2026-11-05", "to": "2026-11-01"}.items()
    assert "Save as CSV" not in page.links()
    assert page.all("table") == []
    download = browser.get(f"/accounting/company/entries.csv{address}")
    assert (download.status_code, sentence in download.text) == (422, True)


def test_entries_up_to_a_day_are_called_so(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    assert "Everything · up to Sun 22 Nov" in browser.open("/accounting/company/entries?to=2026-11-22").text
    assert "Everything · today" in browser.open("/accounting/company/entries").text


def test_an_entry_says_when_it_was_written_in_company_time(browser_of: SaidBy, backend: FakeBackend) -> None:
    backend.add_entry(-1200, "fee", "Fix the perch", day="2026-11-20")
    when = browser_of(GOLD).open("/accounting/company/entries").one("time")
    assert when.text.endswith("14:05"), "three hours ahead of UTC"
    assert when.attributes["title"] == "Friday, 20 November 2026, 14:05:00 (Europe/Moscow)"


def test_the_way_back_leads_to_the_day_one_came_from(browser_of: SaidBy) -> None:
    browser = browser_of(GOLD)
    for asked, day in (("?from=2026-11-21&to=2026-11-21", "?day=2026-11-21"), ("?from=2026-11-16&to=2026-11-22", "")):
        back = browser.open(f"/accounting/company/entries{asked}").links()["Back to the company’s books"]
        assert back == f"/accounting/company{day}"


def test_thousands_of_entries_are_counted_with_a_comma(browser_of: SaidBy, backend: FakeBackend) -> None:
    for number in range(1_001):
        backend.add_entry(-1200, "fee", f"Task {number}")
    figures = browser_of(GOLD).open("/accounting/company/entries").one("section", aria_label="Figures")
    assert "1,001" in figures.text


@pytest.mark.parametrize("path", ["/accounting", "/accounting/company/entries", "/analytics"])
def test_no_day_can_be_chosen_that_the_backend_does_not_take(browser_of: SaidBy, path: str) -> None:
    fields = browser_of(ROOT).open(path).all("input", type="date")
    assert fields
    for field in fields:
        assert field.attributes["min"] == str(date(2000, 1, 1))
        assert field.attributes["max"] <= str(date(2199, 12, 31))
