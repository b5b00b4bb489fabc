"""Analytics, for admins."""

from collections.abc import Callable
from pathlib import Path

import pytest

from frontend.tests.browser import Browser
from frontend.tests.cast import BOB, ROOT, Popug
from frontend.tests.fake_backend import TODAY, FakeBackend
from frontend.tests.reading import Page


def test_the_figures_and_the_chart_say_the_same(browser_of: Callable[[Popug], Browser]) -> None:
    page = browser_of(ROOT).open("/analytics")
    assert page.headings()[0] == "Analytics"
    chart = page.one("svg", role="img")
    assert chart.attributes["aria-labelledby"] == "chart-title chart-description"
    bars = [each for each in page.all("rect") if each.attributes.get("rx")]
    assert len(bars) == 14
    assert [bar.attributes.get("fill") for bar in bars][:3] == ["url(#hatch)"] * 3, "losses are hatched, not only red"
    table = [row for row in page.all("tr") if "Today" in row.text]
    assert "$72" in table[0].text
    assert "Today: $72" in chart.text


def test_who_is_in_the_red_leads_to_the_account(browser_of: Callable[[Popug], Browser]) -> None:
    page = browser_of(ROOT).open("/analytics")
    assert page.links()["Bob Budgie"] == f"/accounting/accounts/{BOB.id}"
    assert page.all(data_cents="-700")


def test_what_is_not_shown_is_counted_and_a_link_away(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    backend.in_the_red, backend.ties = 1_234, 41
    browser = browser_of(ROOT)
    page = browser.open("/analytics")
    assert "1,234" in page.one("a", href="#in-the-red").text
    assert page.links()["and 1,233 more"] == "/accounting/accounts?show=red"
    behind = "/accounting/company/entries?from=2026-11-23&to=2026-11-23&kind=reward"
    assert page.links()["and 40 more of the same reward"] == behind
    week = browser.open("/analytics?period=week")
    assert [each.attributes["href"] for each in week.all("a") if "of the same reward" in each.text] == [behind]


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_the_most_expensive_of_a_period(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend, period: str
) -> None:
    page = browser_of(ROOT).open(f"/analytics?period={period}")
    assert backend.heard[-1].query["period"] == period
    assert "Gild the perch" in page.text
    assert ("nothing was done" in page.text) is (period != "day"), "one line a day in longer periods"
    assert page.one("a", aria_current="true").text.lower() == period


def test_a_made_up_period_becomes_the_day(browser_of: Callable[[Popug], Browser], backend: FakeBackend) -> None:
    browser_of(ROOT).open("/analytics?period=century")
    assert backend.heard[-1].query["period"] == "day"


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_the_days_in_the_form_are_ones_it_takes(browser_of: Callable[[Popug], Browser], period: str) -> None:
    """A week and a month end later than today, the last day that can be chosen."""
    field = browser_of(ROOT).open(f"/analytics?period={period}").one("input", id_="to").attributes
    assert field["value"] == field["max"] == TODAY


def test_a_range_that_is_refused_stays_in_the_form_with_the_reason_above_it(
    browser_of: Callable[[Popug], Browser],
) -> None:
    answer = browser_of(ROOT).get("/analytics?from=2026-11-05&to=2026-11-01")
    assert answer.status_code == 422
    page = Page(answer.text)
    assert "comes after the last, 2026-11-01: swap them." in page.one(role="alert").text
    assert page.one("input", id_="from").attributes["value"] == "2026-11-05"
    assert page.one("input", id_="to").attributes["value"] == "2026-11-01"
    assert page.headings()[0] == "Analytics", "with all its figures"
    assert page.one("a", aria_current="true").text == "Day"


def test_each_amount_is_marked_as_one_and_so_never_broken_after_its_minus(
    browser_of: Callable[[Popug], Browser], templates: Path
) -> None:
    page = browser_of(ROOT).open("/analytics")
    figure = next(each for each in page.all("a") if "figure" in each.attributes.get("class", ""))
    assert "yesterday $7, in the last 7 days $21, in the 7 before \N{MINUS SIGN}$4" in figure.text
    assert page.one("span", data_cents="-400").attributes["class"] == "money debit"
    assert ".money { white-space: nowrap; }" in (templates / "static" / "app.css").read_text()
