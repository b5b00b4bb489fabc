"""The company's books in a browser: from a figure to its entries, a correction and who reads of it, mail to choose."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.test_dashboards import LOOKS, axe_violations, no_sideways_scrolling

PAGES = ("/accounting/company/periods?by=week", "/accounting/company/entries?kind=earned", "/letters?state=sent")


def test_a_correction_is_written_and_read(meet: Callable[..., Person]) -> None:
    worker, accountant = meet("worker"), meet("accountant")
    before = worker.balance_cents()
    page = accountant.page
    page.goto("/accounting/company")
    page.get_by_role("link", name=worker.name).click()
    page.get_by_text("Put a mistake right").click()
    page.get_by_label("Amount, in dollars").fill("7.25")
    page.get_by_label("Reason").fill("A receipt was lost")
    page.get_by_role("button", name="Write the correction").click()
    expect(page.get_by_text("They see the correction and its reason")).to_be_visible()
    expect(page.get_by_text("A receipt was lost")).to_be_visible()
    assert worker.balance_cents() == before + 725
    worker.page.goto("/accounting")
    expect(worker.page.get_by_text(f"put right by {accountant.name}")).to_be_visible()
    worker.page.get_by_text("Who else looked at this account").click()
    expect(worker.page.get_by_role("listitem").filter(has_text=accountant.name).first).to_be_visible()


def test_a_mistyped_correction_keeps_what_was_typed(meet: Callable[..., Person], watch: Watch) -> None:
    worker, accountant = meet("worker"), meet("accountant")
    page = accountant.page
    page.goto("/accounting/company")
    page.get_by_role("link", name=worker.name).click()
    page.get_by_text("Put a mistake right").click()
    page.get_by_label("Amount, in dollars").fill("seven")
    page.get_by_label("Reason").fill("A receipt was lost")
    with watch.expecting(422):
        page.get_by_role("button", name="Write the correction").click()
    expect(page.get_by_label("Reason")).to_have_value("A receipt was lost")
    expect(page.get_by_role("alert")).to_contain_text("amount in dollars above zero")


def test_from_a_figure_to_its_entries_and_their_csv(meet: Callable[..., Person]) -> None:
    page = meet("accountant").page
    page.goto("/accounting/company/periods?by=month")
    earned = page.locator("td.total a").first
    cents = earned.locator("[data-cents]").get_attribute("data-cents")
    earned.click()
    expect(page.get_by_role("heading", name="Entries")).to_be_visible()
    expect(page.locator(".figure [data-cents]").first).to_have_attribute("data-cents", str(cents))
    with page.expect_download() as told:
        page.get_by_role("link", name="Save as CSV").click()
    lines = told.value.path().read_text().splitlines()
    assert lines[0].startswith("day,time,popug,kind,amount")
    count = int(page.locator(".figure").filter(has_text="Entries").locator(".number").inner_text())
    assert len(lines) == count + 1


def test_a_closed_day_hands_out_its_proof(meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    page = worker.page
    page.goto("/accounting")
    day = page.locator("#entries time").last.get_attribute("datetime")
    assert day
    page.goto(f"/accounting?day={day[:10]}")
    with page.expect_download() as told:
        page.get_by_role("link", name="Save the proof of my entries").click()
    assert json.loads(told.value.path().read_text())["day"] == day[:10]


def test_letters_about_new_work_are_switched_off(meet: Callable[..., Person]) -> None:
    page = meet("worker").page
    page.goto("/accounting")
    page.get_by_role("link", name="What I am told by mail").click()
    page.get_by_label("New work").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("New work")).not_to_be_checked()


@pytest.mark.parametrize("look", LOOKS)
def test_the_books_can_be_read_by_everybody(
    meet: Callable[..., Person], screenshot: Callable[[Page, str], None], look: str
) -> None:
    admin = meet("admin", **LOOKS[look])
    page = admin.page
    page.goto("/accounting/company")
    account = page.locator("a.person").first.get_attribute("href")
    for path in (*PAGES, account, "/preferences"):
        page.goto(str(path))
        name = str(path).strip("/").partition("?")[0].replace("/", "-")[:40]
        screenshot(page, f"{name}-{look}")
        assert axe_violations(page) == [], path
        assert no_sideways_scrolling(page), path
