"""A person's own pages: hatching, sessions, products, moulting, in both languages, with and without scripts."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House
from e2e.test_dashboards import LOOKS, axe_violations, no_sideways_scrolling

RUSSIAN = {f"{look}-ru": LOOKS[look] for look in ("wide-light", "narrow-dark")}
EVERY_LOOK = LOOKS | RUSSIAN
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # the example of RFC 7636


@dataclass
class Newcomer:
    """Someone whom an admin has just invited."""

    email: str
    link: str


@pytest.fixture
def newcomer(house: House) -> Newcomer:
    email = f"{uuid.uuid4().hex[:8]}@uberpopug.example"
    # a manager, for nobody draws them: the other journeys go on with the demo popugs alone
    house.command("auth-service", "person", "add", "--role", "manager", "Nika Novaya", email)
    printed = house.command("auth-service", "person", "invite", email)
    return Newcomer(email, re.findall(r"http\S+/hatching\?invitation=\S+", printed)[0])


@pytest.fixture
def stranger_url(house: House) -> str:
    """The address of an authorization request of a product that is not ours."""
    client_id = f"wiki-{uuid.uuid4().hex[:6]}"
    house.command(
        "auth-service", "product", "add", "Nest wiki", "--client-id", client_id, "--redirect-uri", f"{house.url}/",
        "--public", "--json",
    )  # fmt: skip
    asked = {
        "response_type": "code", "client_id": client_id, "redirect_uri": f"{house.url}/",
        "scope": "openid profile email", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
    }  # fmt: skip
    return f"{house.issuer}/authorize?{urlencode(asked)}"


class Walk:
    """Through the pages, looking at each."""

    def __init__(self, page: Page, look: str, screenshot: Callable[[Page, str], None]) -> None:
        self.page, self.look, self.screenshot = page, look, screenshot
        self.language = "ru" if look in RUSSIAN else "en"

    def sees(self, name: str) -> None:
        self.screenshot(self.page, f"own-{name}-{self.look}")
        assert axe_violations(self.page) == [], name
        assert no_sideways_scrolling(self.page), name
        assert self.page.locator("html").get_attribute("lang") == self.language

    def presses(self, selector: str) -> None:
        self.page.locator(selector).first.click()


@pytest.mark.parametrize("look", EVERY_LOOK)
def test_every_own_page_is_accessible_in_every_look(
    look: str, house: House, newcomer: Newcomer, stranger_url: str, new_page: Callable[..., Page], watch: Watch,
    screenshot: Callable[[Page, str], None],
) -> None:  # fmt: skip
    page = new_page(**EVERY_LOOK[look])
    walk = Walk(page, look, screenshot)
    page.goto(f"{house.issuer}/")
    walk.presses(f"button[value={walk.language}]")
    walk.sees("doorstep")
    page.goto(newcomer.link)
    walk.sees("eggs")
    walk.presses("button[name=egg]")
    walk.sees("kept")
    beak = page.locator(".secret").inner_text()
    walk.presses("form button.primary")
    page.locator("#beak_shape").fill("BEAK-0000")
    with watch.expecting(422):
        walk.presses("form button.primary")
        expect(page.get_by_role("alert")).to_be_visible()
    walk.sees("practice")
    page.locator("#beak_shape").fill(beak)
    walk.presses("form button.primary")
    page.wait_for_url("**/hatched")
    walk.sees("hatched")
    page.goto(f"{house.issuer}/my/sessions")
    walk.sees("sign-in")
    page.locator("#beak_shape").fill(beak)
    walk.presses("form button.primary")
    page.wait_for_url("**/my/sessions")
    page.goto(f"{house.issuer}/")
    walk.sees("home")
    page.goto(stranger_url)
    walk.sees("consent")
    walk.presses("button[value=allow]")
    page.wait_for_url(f"{house.url}/**")
    page.goto(f"{house.url}/")  # so that aTES is one of the products
    page.goto(f"{house.issuer}/my/products")
    walk.sees("products")
    page.goto(stranger_url + "&prompt=select_account")
    walk.sees("accounts")
    page.goto(f"{house.issuer}/moulting")
    walk.sees("moulting")
    page.goto(f"{house.issuer}/sign-out")
    walk.sees("sign-out")
    walk.presses("button[value=sign-out]")
    page.goto(f"{house.issuer}/my/sessions")
    page.locator("#beak_shape").fill(beak)
    walk.presses("form button.primary")
    page.wait_for_url("**/my/sessions")
    walk.sees("sessions")
    with watch.expecting(404):
        page.goto(f"{house.issuer}/no-such-page")
    walk.sees("nothing")
    with watch.expecting(410):
        page.goto(newcomer.link)
    walk.sees("link-used")
    with watch.expecting(400):
        page.goto(f"{house.issuer}/authorize?client_id=nobody")
    walk.sees("refused")


@pytest.mark.parametrize("scripted", [True, False])
def test_a_newcomer_hatches_and_enters(
    scripted: bool, house: House, newcomer: Newcomer, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=scripted)
    beak = hatches(page, newcomer.link)
    page.get_by_role("link", name="Sign in to aTES", exact=True).click()
    page.get_by_label("Beak shape", exact=True).fill(beak)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def hatches(page: Page, address: str) -> str:
    page.goto(address)
    page.get_by_role("button", name="Keep this one").nth(1).click()
    beak = page.locator(".secret").inner_text()
    page.get_by_role("button", name="Save it, then practise", exact=True).click()
    page.get_by_label("Beak shape", exact=True).fill(beak.lower())
    page.get_by_role("button", name="That is my beak", exact=True).click()
    expect(page.get_by_role("heading", name="Your beak is good")).to_be_visible()
    return beak


@pytest.mark.parametrize("scripted", [True, False])
def test_whoever_moults_leaves_every_product_and_comes_back_with_the_new_beak(
    scripted: bool, house: House, newcomer: Newcomer, new_page: Callable[..., Page], watch: Watch
) -> None:
    page = new_page(java_script_enabled=scripted)
    old = hatches(page, newcomer.link)
    person = Person(page=page, name="Nika Novaya", email=newcomer.email, role="manager", beak_shape=old)
    person.signs_in()
    page.goto(f"{house.issuer}/moulting")
    new = hatches(page, page.url)
    assert new != old
    for _ in range(20):  # the notice travels from server to server
        page.goto("/tasks")
        if page.get_by_label("Beak shape", exact=True).count():
            break
    page.get_by_label("Beak shape", exact=True).fill(old)
    with watch.expecting(422):
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Beak shape", exact=True).fill(new)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def test_the_printed_page_has_the_beak_and_nothing_to_press(newcomer: Newcomer, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(newcomer.link)
    page.get_by_role("button", name="Keep this one").first.click()
    expect(page.get_by_role("button", name="Print", exact=True)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".secret")).to_be_visible()
    expect(page.get_by_text("Nika Novaya")).to_be_visible()
    assert page.get_by_role("button").all() == []


@pytest.mark.parametrize("scripted", [True, False])
def test_one_browser_ends_the_session_of_another(
    scripted: bool, house: House, newcomer: Newcomer, new_page: Callable[..., Page]
) -> None:
    here, there = new_page(java_script_enabled=scripted), new_page()
    beak = hatches(here, newcomer.link)
    for page in (there, here):
        Person(page=page, name="Nika Novaya", email=newcomer.email, role="manager", beak_shape=beak).signs_in()
    here.goto(f"{house.issuer}/my/sessions")
    expect(here.get_by_text("This browser", exact=True)).to_have_count(1)
    expect(here.get_by_text(re.compile(r"Chrome \d+ on Linux"))).to_have_count(2)
    here.get_by_role("button", name="End all others", exact=True).click()
    expect(here.get_by_role("heading", name="Ended lately")).to_be_visible()
    there.goto(f"{house.issuer}/my/sessions")
    expect(there.get_by_label("Beak shape", exact=True)).to_be_visible()
    for _ in range(20):  # the notice travels from server to server
        here.reload()
        if here.get_by_text(re.compile(r"^told ")).count():
            break
    expect(here.get_by_text(re.compile(r"^told "))).to_have_count(1)


@pytest.mark.parametrize("scripted", [True, False])
def test_what_was_allowed_is_taken_back_and_asked_again(
    scripted: bool, house: House, stranger_url: str, meet: Callable[..., Person]
) -> None:
    worker = meet("worker", java_script_enabled=scripted)
    page = worker.page
    page.goto(stranger_url)
    page.get_by_role("button", name="Allow", exact=True).click()
    page.wait_for_url(f"{house.url}/**")
    page.goto(f"{house.issuer}/my/products")
    page.get_by_role("button", name="Take back from Nest wiki", exact=True).first.click()
    expect(page.get_by_text("What the product held of you is dead")).to_be_visible()
    page.goto(stranger_url)
    expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False])
def test_the_switch_changes_the_language_and_is_remembered(
    scripted: bool, house: House, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=scripted)
    page.goto("/tasks")
    page.get_by_role("button", name="Русский", exact=True).click()
    expect(page.get_by_label("Форма клюва", exact=True)).to_be_visible()
    worker = next(each for each in house.people() if each["role"] == "worker")
    page.get_by_label("Форма клюва", exact=True).fill(worker["beak_shape"])
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(f"{house.url}/tasks")
    page.goto(f"{house.issuer}/my/sessions")
    expect(page.get_by_role("heading", name="Мои сеансы")).to_be_visible()
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.get_by_role("heading", name="My sessions")).to_be_visible()
