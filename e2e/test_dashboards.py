"""Each role sees its dashboards, gets a refusal at the others' addresses, and can read every page (A1, N1, S10)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watch
from e2e.people import Person

AXE = Path(__file__).parent.parent / "node_modules" / "axe-core" / "axe.min.js"
HEADINGS = {
    "/tasks": "Tasks",
    "/accounting": "My account",
    "/accounting/company": "Company",
    "/analytics": "Analytics",
    "/people": "People",
}
OPEN_TO = {
    "worker": {"/tasks", "/accounting"},
    "manager": {"/tasks", "/accounting"},
    "accountant": {"/tasks", "/accounting", "/accounting/company"},
    "admin": set(HEADINGS),
}
LOOKS = {
    "wide-light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "wide-dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "narrow-light": {"viewport": {"width": 320, "height": 720}, "color_scheme": "light"},
    "narrow-dark": {"viewport": {"width": 320, "height": 720}, "color_scheme": "dark"},
}


@pytest.mark.parametrize("role", OPEN_TO)
def test_each_role_sees_its_dashboards_and_is_refused_the_others(
    role: str, meet: Callable[..., Person], watch: Watch
) -> None:
    person = meet(role)
    for path, heading in HEADINGS.items():
        with watch.expecting(403):
            answer = person.page.goto(path)
        assert answer
        assert answer.status == (200 if path in OPEN_TO[role] else 403), path
        if answer.ok:
            expect(person.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


@pytest.mark.parametrize("role", ["worker", "accountant", "admin"])
def test_the_links_lead_to_the_dashboards(role: str, meet: Callable[..., Person]) -> None:
    person = meet(role)
    links = {"Tasks": "Tasks", "Accounting": "My account"} | (
        {"Analytics": "Analytics", "Administration": "People"} if role == "admin" else {}
    )
    for link, heading in links.items():
        person.opens(link)
        expect(person.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_every_dashboard_is_accessible_in_every_look(
    look: str, meet: Callable[..., Person], screenshot: Callable[[Page, str], None]
) -> None:
    admin = meet("admin", **LOOKS[look])
    for path in ["/", *HEADINGS, "/imports"]:
        admin.page.goto(path)
        screenshot(admin.page, f"{path.strip('/').replace('/', '-') or 'home'}-{look}")
        assert axe_violations(admin.page) == [], path
        assert no_sideways_scrolling(admin.page), path


@pytest.mark.parametrize("look", LOOKS)
def test_the_sign_in_page_is_accessible_in_every_look(
    look: str, new_page: Callable[..., Page], screenshot: Callable[[Page, str], None]
) -> None:
    page = new_page(**LOOKS[look])
    page.goto("/")
    expect(page.get_by_label("Beak shape", exact=True)).to_be_visible()
    screenshot(page, f"sign-in-{look}")
    assert axe_violations(page) == []
    assert no_sideways_scrolling(page)


def axe_violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


def no_sideways_scrolling(page: Page) -> bool:
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return fits
