"""Done and paid: from the button to the payout and its letter (A6, A7)."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House

OWED_CENTS = 98_725
MAILED_SECONDS = 10


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Closing the day is for the whole company, so this one is nobody else's."""
    house = House(tmp_path / "var")
    house.start()
    yield house
    house.stop()


@pytest.fixture
def visit(browser: Browser, house: House, watch: Watch) -> Iterator[Callable[[str], Person]]:
    """`visit("Kiwi Larkspur")`: signed in, in a browser of their own."""
    with ExitStack() as stack:

        def visit(name: str) -> Person:
            context = stack.enter_context(browser.new_context(base_url=house.url))
            watch.over(context)
            person = Person(page=context.new_page(), **next(each for each in house.people() if each["name"] == name))
            person.signs_in()
            return person

        yield visit


def test_a_positive_balance_is_paid_out_and_mailed(house: House, visit: Callable[[str], Person]) -> None:
    worker = somebody_earns(house, visit)
    house.command("backend", "close-day", "--day", "today")
    assert worker.balance_cents() == 0
    payout = worker.page.get_by_role("row").filter(has_text="paid out for").first
    expect(payout.locator(f"[data-cents='-{OWED_CENTS}']")).to_have_count(1)
    assert "The books are right." in house.command("backend", "verify")
    letter = letter_to(house, worker)
    assert dollars(OWED_CENTS) in letter["Subject"]
    assert letter["Content-Language"] == "en"


def test_who_signs_in_in_russian_is_written_to_in_russian(
    house: House, browser: Browser, visit: Callable[[str], Person], watch: Watch
) -> None:
    """Nobody asks them: the page that they signed in on was Russian."""
    worker = somebody_earns(house, visit)
    with browser.new_context(base_url=house.url, locale="ru-RU") as context:
        watch.over(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Форма клюва", exact=True).fill(worker.beak_shape)
        page.get_by_role("button", name="Войти", exact=True).click()
        expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
        time.sleep(1)  # the feed tells backend
        house.command("backend", "close-day", "--day", "today")
        page.goto("/accounting")
        expect(page.locator("[data-balance]").first).to_have_attribute("data-cents", "0")
    letter = letter_to(house, worker)
    assert letter["Content-Language"] == "ru"
    subject = " ".join(letter["Subject"].split())
    assert subject.startswith(f"Вам выплачено {OWED_CENTS // 100},{OWED_CENTS % 100:02}")
    words = letter.get_body(("plain",))
    assert words
    assert f"Здравствуйте, {worker.name}" in words.get_content()


def somebody_earns(house: House, visit: Callable[[str], Person]) -> Person:
    """Create a task, finish it as the popug who got it, and lift them above zero, whatever they owed before."""
    author, admin = visit(house.people()[0]["name"]), next(each for each in house.people() if each["role"] == "admin")
    task = author.creates("Polish the bell.")
    worker = visit(task.assignee)
    worker.page.goto("/tasks?show=mine&status=open")
    worker.completes(task.title)
    missing_cents = OWED_CENTS - worker.balance_cents()
    words = ("--reason", "A good year", "--as", admin["email"], "--", worker.email, f"{missing_cents / 100:.2f}")
    house.command("backend", "correct", *words)
    assert worker.balance_cents() == OWED_CENTS
    return worker


def letter_to(house: House, person: Person) -> EmailMessage:
    """A moment after the payout; without a mail server it lies in a Maildir."""
    until = time.monotonic() + MAILED_SECONDS
    while not (found := [letter for letter in letters(house) if person.email in letter["To"]]):
        assert time.monotonic() < until
        time.sleep(0.1)
    [letter] = found
    return letter


def letters(house: House) -> list[EmailMessage]:
    folder = house.var / "mail" / "new"
    return [message_from_bytes(path.read_bytes(), policy=default) for path in folder.glob("*")]


def dollars(cents: int) -> str:
    return f"${cents // 100}.{cents % 100:02}"
