"""One house for all journeys, a browser for each person, and a watch over every page."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from e2e.people import Person
from e2e.premises import House

CHROMIUM = Path("/usr/bin/chromium")
ARTIFACTS = Path(__file__).parent.parent / "artifacts"


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house") / "var")
    house.start()
    yield house
    assert house.stop() is not None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    ours = {"args": ["--no-sandbox"] if os.geteuid() == 0 else []}
    ours["args"] += [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    if CHROMIUM.exists():
        ours["executable_path"] = str(CHROMIUM)  # type: ignore[assignment]
    return browser_type_launch_args | ours


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], house: House) -> dict[str, Any]:
    return browser_context_args | {"base_url": house.url, "locale": "en-GB"}


class Watch:
    """Every console error, every uncaught exception and every violation of the content policy fails the test."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.expected: list[str] = []

    def over(self, context: BrowserContext) -> None:
        context.on("console", self.note)
        context.on("weberror", lambda error: self.seen.append(f"uncaught: {error.error}"))

    def note(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.seen.append(f"{message.text} at {message.location['url']}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """The browser itself reports an answer such as 403 as an error; here the test asks for it."""
        self.expected.append(rf"Failed to load resource: the server responded with a status of {status} ")
        yield

    def complaints(self) -> list[str]:
        return [line for line in self.seen if not any(re.match(pattern, line) for pattern in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.complaints() == []


@pytest.fixture
def icons_do_not_matter(watch: Watch) -> None:
    """Browsers ask every site for /favicon.ico, and other people's products need not have one."""
    watch.expected.append(r"Failed to load resource: .* at http://[^/]+/favicon\.ico$")


@pytest.fixture
def new_page(new_context: Callable[..., BrowserContext], watch: Watch) -> Callable[..., Page]:
    """A browser of its own, nobody signed in."""

    def open_one(**options: Any) -> Page:
        context = new_context(**options)
        watch.over(context)
        return context.new_page()

    return open_one


@pytest.fixture
def meet(house: House, new_page: Callable[..., Page]) -> Callable[..., Person]:
    """`meet("worker")`, `meet(email=…)`: a person of the demo company, signed in, in a browser of their own."""

    def meet(role: str | None = None, *, email: str | None = None, **options: Any) -> Person:
        known = next(each for each in house.people() if email in (None, each["email"]) and role in (None, each["role"]))
        person = Person(page=new_page(**options), **known)
        person.signs_in()
        return person

    return meet


@pytest.fixture
def visit(browser: Browser, house: House, watch: Watch) -> Iterator[Callable[..., Person]]:
    """As `meet`, where a module has a house of its own: `visit("manager")`, `visit("manager", 1)` for the second."""
    with ExitStack() as stack:

        def visit(role: str, which: int = 0, **options: Any) -> Person:
            context = stack.enter_context(browser.new_context(base_url=house.url, locale="en-GB", **options))
            watch.over(context)
            known = [each for each in house.people() if each["role"] == role][which]
            person = Person(page=context.new_page(), **known)
            person.signs_in()
            return person

        yield visit


@pytest.fixture
def unknown_faces(watch: Watch) -> None:
    """auth_service knows nobody whom `backend demo` made up, and so has no portrait of them; htmx may bring them in."""
    watch.expected.append(r"Failed to load resource: .* status of 404 .*(/portraits/|/htmx\.min\.js)")


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Kept in artifacts/, for people to look at."""

    def keep(page: Page, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)

    return keep
