"""Analytics, for admins."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser
from frontend.tests.cast import BOB, ROOT, Popug
from frontend.tests.fake_backend import FakeBackend


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
