"""Money, as each role sees it."""

from collections.abc import Callable

import pytest

from frontend.tests.browser import Browser
from frontend.tests.cast import ANN, BOB, BOSS, GOLD, ROOT, Popug
from frontend.tests.fake_backend import TODAY, FakeBackend
from frontend.tests.reading import Page


def test_my_account_shows_what_was_charged_and_paid(browser: Browser, backend: FakeBackend) -> None:
    backend.add_entry(-1200, "fee", "Fix the perch")
    backend.add_entry(3100, "reward", "Fix the perch")
    backend.add_entry(-1900, "payout", None)
    browser.sign_in()
    page = browser.open("/accounting")
    assert page.headings()[:2] == ["My account", "Audit log"]
    rows = [row.text for row in page.all("tr")][1:]
    assert [("payout" in rows[0]), ("reward" in rows[1]), ("fee" in rows[2])] == [True] * 3
    assert "+$31" in rows[1]
    assert "\N{MINUS SIGN}$12" in rows[2]
    assert page.one(data_balance="*").attributes["data-cents"] == "0"
    assert "14:05" in rows[0], "company time, three hours ahead of UTC"


@pytest.mark.parametrize("popug", [ANN, BOSS])
def test_others_see_no_company_money(browser_of: Callable[[Popug], Browser], popug: Popug) -> None:
    assert "Company" not in browser_of(popug).open("/accounting").headings()


@pytest.mark.parametrize("popug", [GOLD, ROOT])
def test_accountants_and_admins_see_the_company_first(browser_of: Callable[[Popug], Browser], popug: Popug) -> None:
    page = browser_of(popug).open("/accounting")
    headings = page.headings()
    assert headings.index("Company") < headings.index("My account")
    assert page.links()["Bob Budgie"] == f"/accounting/accounts/{BOB.id}"
    assert page.links()["Yesterday"] == "/accounting/company?day=2026-11-22"
    assert len(page.all(data_balance="*")) == 1


def test_any_past_day_can_be_opened(browser_of: Callable[[Popug], Browser]) -> None:
    page = browser_of(GOLD).open("/accounting/company?day=2026-11-21")
    assert page.headings()[0] == "Company"
    assert "Sat 21 Nov · closed; it does not change any more" in page.text
    assert page.links()["Earlier days"] == "/accounting/company?before=2026-11-21"


def test_somebodys_account_can_be_opened_by_accountants(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend
) -> None:
    backend.add_entry(-1200, "fee", "Fix the perch")
    page = browser_of(GOLD).open(f"/accounting/accounts/{BOB.id}")
    assert page.headings()[0] == "Bob Budgie"
    assert "on record" in page.text
    assert page.one(data_balance="*").attributes["data-balance"] == "-1200"


@pytest.mark.parametrize(
    ("popug", "path"), [(ANN, "/accounting"), (BOSS, "/accounting"), (GOLD, "/accounting/company")]
)
def test_the_way_back_from_ones_account_is_open_to_all(
    browser_of: Callable[[Popug], Browser], popug: Popug, path: str
) -> None:
    browser = browser_of(popug)
    [back] = [href for name, href in browser.open(f"/accounting/accounts/{popug.id}").links().items() if "Back" in name]
    assert back == path
    assert browser.get(back).status_code == 200


@pytest.mark.parametrize("path", ["/accounting/company", f"/accounting/accounts/{BOB.id}", "/analytics", "/people"])
def test_other_roles_get_a_readable_refusal(browser_of: Callable[[Popug], Browser], path: str) -> None:
    answer = browser_of(ANN).get(path)
    assert answer.status_code == 403
    page = Page(answer.text)
    assert page.headings()[0] == "Not for your role"
    assert page.links()["Accounting"] == "/accounting"
    assert "Sign out" in page.buttons()


def test_one_day_of_the_audit_log(browser: Browser, backend: FakeBackend) -> None:
    backend.add_entry(-1200, "fee", "Fix the perch", day="2026-11-20")
    backend.add_entry(3100, "reward", "Oil the door")
    browser.sign_in()
    page = browser.open("/accounting?day=2026-11-20")
    assert "Fix the perch" in page.text
    assert "Oil the door" not in page.text
    assert page.one("input", id_="day").attributes == {
        "id": "day",
        "type": "date",
        "name": "day",
        "value": "2026-11-20",
        "min": "2000-01-01",
        "max": TODAY,
    }


@pytest.mark.parametrize("path", ["/accounting", f"/accounting/accounts/{BOB.id}"])
def test_a_long_log_is_loaded_page_by_page(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend, path: str
) -> None:
    backend.page = 2
    for number in range(5):
        backend.add_entry(-1200, "fee", f"Task {number}")
    browser = browser_of(GOLD)
    further = browser.open(path).links()["Load more"]
    assert further.startswith(f"{path}?after=2")
    fragment = browser.fragment(further)
    assert fragment.text.startswith('<hx-partial hx-target="#entries" hx-swap="beforeend">')
    assert len(Page(fragment.text).all("tr")) == 2
    assert "Load more" in Page(fragment.text).links()


def test_titles_in_the_log_are_text(browser: Browser, backend: FakeBackend) -> None:
    backend.add_entry(-1200, "fee", "<img src=x onerror=alert(1)>")
    browser.sign_in()
    assert "<img src=x" not in browser.get("/accounting").text


@pytest.mark.parametrize("path", ["/accounting", f"/accounting/accounts/{BOB.id}"])
@pytest.mark.parametrize("day", ["", "2026-11-20"])
def test_what_is_saved_are_the_days_that_are_shown_under_the_backends_name(
    browser_of: Callable[[Popug], Browser], backend: FakeBackend, path: str, day: str
) -> None:
    browser = browser_of(GOLD)
    links = browser.open(f"{path}?day={day}" if day else path).all("a", download="*")
    saved = browser.get(next(link.attributes["href"] for link in links if "statement" in link.attributes["href"]))
    assert backend.heard[-1].query == ({"from": day, "to": day} if day else {})
    assert saved.headers["Content-Disposition"] == f'attachment; filename="of-{day or "every-day"}.csv"'
