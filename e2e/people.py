"""The people of the demo company, as they act in a browser. Words are those that a person sees on the page."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class SeenTask:
    id: str
    title: str
    assignee: str


@dataclass(frozen=True)
class Person:
    page: Page
    name: str
    email: str
    role: str
    beak_shape: str

    def signs_in(self, at: str = "/") -> None:
        self.page.goto(at)
        self.page.get_by_label("Beak shape", exact=True).fill(self.beak_shape)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()

    def signs_out(self) -> None:
        self.page.get_by_role("button", name="Sign out", exact=True).click()
        expect(self.page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)

    def opens(self, dashboard: str) -> None:
        self.page.get_by_role("link", name=dashboard, exact=True).click()

    def fills_in(self, title: str, description: str = "") -> None:
        self.page.get_by_label("Title", exact=True).fill(title)
        self.page.get_by_label("Description", exact=True).fill(description)
        self.page.get_by_role("button", name="Create task", exact=True).click()

    def creates(self, title: str, description: str = "") -> SeenTask:
        self.page.goto("/tasks")
        self.fills_in(title, description)
        row = self.row(title)
        expect(row).to_be_visible()
        return SeenTask(
            row.get_attribute("data-task-id") or "", title, row.locator("a[href*='assignee=']").inner_text().strip()
        )

    def row(self, title: str) -> Locator:
        return self.page.locator("[data-task-id]").filter(has_text=title)

    def completes(self, title: str) -> None:
        self.row(title).get_by_role("button", name="Done", exact=True).click()
        expect(self.row(title).get_by_role("button", name="Done", exact=True)).to_have_count(0)

    def assigns_all(self) -> int:
        """How many tasks the page says were assigned."""
        self.presses_assign_tasks()
        said = self.page.get_by_text(re.compile(r"\d+ tasks? assigned")).first
        expect(said).to_be_visible()
        found = re.search(r"(\d+) tasks? assigned", said.inner_text())
        assert found
        return int(found[1])

    def presses_assign_tasks(self) -> None:
        self.page.goto("/tasks")
        self.page.get_by_role("button", name="Assign tasks", exact=True).click()

    def balance_cents(self) -> int:
        self.page.goto("/accounting")
        return int(self.page.locator("[data-balance]").first.get_attribute("data-cents") or "")
