"""The first page, for each role."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser
from frontend.tests.cast import ANN, BOSS, GOLD, ROOT, Popug
from frontend.tests.fake_backend import FakeBackend

PLACES = {
    ANN: ["Tasks", "Accounting"],
    BOSS: ["Tasks", "Accounting"],
    GOLD: ["Tasks", "Accounting"],
    ROOT: ["Tasks", "Accounting", "Analytics", "People"],
}


@pytest.mark.parametrize("popug", PLACES, ids=lambda popug: popug.role)
def test_the_menu_shows_what_the_role_may_open(browser_of: Callable[[Popug], Browser], popug: Popug) -> None:
    links = browser_of(popug).open("/").links()
    assert [name for name in ("Tasks", "Accounting", "Analytics", "People") if name in links] == PLACES[popug]


def test_the_first_page_is_one_question_to_the_backend(browser: Browser, backend: FakeBackend) -> None:
    browser.sign_in()
    backend.heard.clear()
    browser.open("/")
    assert [each.path for each in backend.heard] == ["/home"]


def test_what_is_mine_to_do_can_be_done_from_here(browser: Browser, backend: FakeBackend) -> None:
    task = backend.add_task("Fix the perch")
    backend.balance_cents = 700
    browser.sign_in()
    page = browser.open("/")
    assert "Fix the perch" in page.one(data_task_id=task["id"]).text
    assert page.one(data_balance="*").attributes["data-cents"] == "700"
    assert {"Done", "Sign out"} <= set(page.buttons())


def test_a_correction_is_told_with_its_reason(browser: Browser, backend: FakeBackend) -> None:
    backend.add_entry(-1900, "payout", None)
    backend.add_entry(1250, "correction", None, reason="Paid too little <once>")
    browser.sign_in()
    page = browser.open("/")
    correction, payout = [line.text for line in page.all("li") if "$" in line.text]
    assert "correction Paid too little <once>" in correction
    assert "payout end of the day" in payout
    assert "rewards, fees and corrections" in page.text, "all that the day's figure counts"


def test_an_empty_page_offers_one_action(browser: Browser) -> None:
    browser.sign_in()
    page = browser.open("/")
    assert page.links()["Open the board"] == "/tasks"


@pytest.mark.parametrize(
    ("popug", "sees_management", "sees_the_red"),
    [(ANN, False, False), (BOSS, False, False), (GOLD, True, False), (ROOT, True, True)],
)
def test_company_figures_are_for_those_who_lead(
    browser_of: Callable[[Popug], Browser], popug: Popug, sees_management: bool, sees_the_red: bool
) -> None:
    page = browser_of(popug).open("/")
    assert ("Management today" in page.text) is sees_management
    assert ("In the red" in page.text) is sees_the_red
