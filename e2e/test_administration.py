"""Journeys of an admin: from a product's form to its first sign-in, dismissal, sessions, keys, and the trail of it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import House
from e2e.strangers import Stranger, uvicorn
from e2e.test_dashboards import LOOKS, axe_violations, no_sideways_scrolling

NOTICED_SECONDS = 5.0
SECTIONS = ("/people", "/products", "/sessions", "/logout-deliveries", "/keys", "/trail")

pytestmark = pytest.mark.usefixtures("icons_do_not_matter")


@pytest.fixture
def admin(meet: Callable[..., Person]) -> Person:
    return meet("admin")


def press(place: Page | Locator, name: str) -> None:
    place.get_by_role("button", name=name, exact=True).click()


def agrees(page: Page, button: str, confirm: str) -> None:
    """Presses a button that first says what it will do, reads it, and goes on."""
    press(page, button)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert axe_violations(page) == []
    press(dialog, confirm)


def adds(admin: Person, shop: Stranger, *, only_for: str = "") -> None:
    """Through the form, as its manual says; the product is then set up with what the page shows."""
    page = admin.page
    page.goto("/products")
    page.get_by_role("link", name="Add a product", exact=True).first.click()
    page.get_by_label("Name", exact=True).fill(shop.name)
    page.get_by_label("Redirect addresses, one per line").fill(f"{shop.url}/callback")
    if only_for:
        page.get_by_role("checkbox", name=only_for, exact=True).check()
    page.get_by_text("Sign-out, algorithms, and what it may ask for").click()
    page.get_by_label("Addresses after sign-out, one per line").fill(f"{shop.url}/signed-out")
    page.get_by_label("Address for sign-outs").fill(f"{shop.url}/back-channel-logout")
    page.get_by_role("checkbox", name=re.compile("Trusted")).check()
    press(page, "Add the product")
    expect(page.get_by_role("heading", name=f"{shop.name} was added")).to_be_visible()
    shop.registration = settings_shown(page)


def settings_shown(page: Page) -> dict[str, str]:
    lines = [line.partition("=") for line in page.locator("#settings").inner_text().splitlines()]
    names = {"OIDC_CLIENT_ID": "client_id", "OIDC_CLIENT_SECRET": "client_secret"}
    return {names[name]: value for name, _, value in lines if name in names}


@contextmanager
def running(shop: Stranger) -> Iterator[None]:
    with shop.running(*uvicorn("starlette_product", shop.port)):
        yield


def greets(shop: Stranger, person: Person) -> None:
    person.page.goto(shop.url)
    expect(person.page.get_by_text(f"Hello, {person.name} ({person.role})")).to_be_visible()


def soon_signed_out(person: Person) -> None:
    """The notice travels from server to server, so a page may be opened before it arrives."""
    until = time.monotonic() + NOTICED_SECONDS
    while person.page.goto("/tasks") and person.page.get_by_role("button", name="Sign out", exact=True).is_visible():
        assert time.monotonic() < until


def test_a_product_is_added_and_signed_in_to_and_gets_another_secret_while_it_runs(
    house: House, admin: Person, meet: Callable[..., Person], watch: Watch
) -> None:
    shop, worker = Stranger(house, "Nut shop"), meet("worker")
    adds(admin, shop)
    with running(shop):
        greets(shop, worker)
        admin.page.get_by_role("button", name="Make a new secret", exact=True).dblclick()
        expect(admin.page.get_by_role("heading", name="Nut shop has a new secret")).to_be_visible()
        greets(shop, meet("manager"))
    first, shop.registration = shop.registration, settings_shown(admin.page)
    assert first["client_secret"] != shop.registration["client_secret"]
    with running(shop):
        greets(shop, meet("accountant"))
    with watch.expecting(409):
        admin.page.reload()
        expect(admin.page.get_by_role("alert")).to_contain_text("No secret was made")
    assert shop.registration["client_secret"] not in admin.page.content()


def test_the_sign_in_is_tried_before_anybody_does(house: House, admin: Person) -> None:
    shop = Stranger(house, "Shell shop")
    adds(admin, shop, only_for="worker")
    press(admin.page, "Try it as me")
    expect(admin.page.get_by_text("You would not be signed in.")).to_be_visible()
    assert axe_violations(admin.page) == []
    admin.page.get_by_role("link", name="Edit", exact=True).click()
    admin.page.get_by_role("checkbox", name="admin", exact=True).check()
    press(admin.page, "Save")
    press(admin.page, "Try it as me")
    expect(admin.page.get_by_text("You would be signed in.")).to_be_visible()
    expect(admin.page.get_by_label("In the ID token")).to_contain_text(admin.name)


def test_addresses_are_checked_while_they_are_typed_and_people_found(admin: Person) -> None:
    admin.page.goto("/new-product")
    area = admin.page.get_by_label("Redirect addresses, one per line")
    area.press_sequentially("http://shop.example/callback")
    remarks = admin.page.locator("#redirect-uris-remarks")
    expect(remarks.locator(".error")).to_contain_text("http://shop.example/callback:")
    area.fill("https://shop.example/callback")
    expect(remarks).to_have_text("✓ https://shop.example/callback")
    admin.page.get_by_label("Somebody by name or mail").press_sequentially(admin.email)
    admin.page.get_by_role("checkbox", name=admin.name, exact=True).check()
    assert axe_violations(admin.page) == []


def test_two_who_edit_at_once_hear_of_each_other(
    house: House, admin: Person, meet: Callable[..., Person], watch: Watch
) -> None:
    adds(admin, Stranger(house, "Twig shop"))
    other = meet("admin")
    for person in (admin, other):
        person.page.goto("/products?q=Twig")
        person.page.get_by_role("link", name="Twig shop", exact=True).click()
        person.page.get_by_role("link", name="Edit", exact=True).click()
    admin.page.get_by_label("Name", exact=True).fill("Twig and branch shop")
    press(admin.page, "Save")
    other.page.get_by_label("Name", exact=True).fill("Twigs")
    with watch.expecting(409):
        press(other.page, "Save")
        expect(other.page.get_by_role("alert")).to_contain_text("Name: Twig and branch shop")
    expect(other.page.get_by_label("Name", exact=True)).to_have_value("Twigs")
    assert axe_violations(other.page) == []
    press(other.page, "Save")
    expect(other.page.get_by_role("heading", name="Twigs", exact=True)).to_be_visible()


def test_a_newcomer_hatches_by_a_link_and_is_dismissed_with_all_their_sessions(
    admin: Person, new_page: Callable[..., Page]
) -> None:
    admin.page.goto("/people")
    admin.page.get_by_label("Name", exact=True).fill("Nell Nestling")
    admin.page.get_by_label("Email", exact=True).fill("nell@uberpopug.example")
    admin.page.locator("#add-form").get_by_label("Role", exact=True).select_option("manager")  # draws no tasks
    press(admin.page, "Add")
    beak = admin.page.locator("#beak").inner_text()
    nell = Person(new_page(), "Nell Nestling", "nell@uberpopug.example", "manager", beak)
    nell.signs_in()
    admin.page.goto("/people?q=nell")
    admin.page.get_by_role("link", name=nell.name, exact=True).click()
    expect(admin.page.get_by_role("button", name="End all", exact=True)).to_be_visible()
    agrees(admin.page, "Dismiss", "Dismiss")
    expect(admin.page.get_by_text("Dismissed. Every session of theirs has ended.")).to_be_visible()
    soon_signed_out(nell)
    agrees(admin.page, "Restore", "Restore")
    nell.signs_in()


def test_a_session_is_ended_from_the_list(admin: Person, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    admin.page.goto("/sessions")
    row = admin.page.get_by_role("row").filter(has_text=worker.name).first
    row.get_by_role("button", name=re.compile("^End")).click()
    expect(admin.page.get_by_text("Signed out there.")).to_be_visible()
    soon_signed_out(worker)


def test_keys_are_rotated_while_people_are_signed_in(admin: Person, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    admin.page.goto("/keys")
    before = admin.page.get_by_role("row").count()
    agrees(admin.page, "Rotate now", "Rotate now")
    expect(admin.page.get_by_text("The keys were rotated.")).to_be_visible()
    assert admin.page.get_by_role("row").count() > before
    worker.page.goto("/tasks")
    expect(worker.page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()
    meet("manager").page.goto("/tasks")


def test_the_trail_shows_who_did_it_and_every_value_filters(house: House, admin: Person) -> None:
    adds(admin, Stranger(house, "Leaf shop"))
    admin.page.goto("/trail")
    row = admin.page.get_by_role("row").filter(has_text="Leaf shop").first
    expect(row).to_contain_text("product added")
    expect(row).to_contain_text(admin.name)
    expect(row).to_contain_text("Chrome on")
    row.get_by_role("link", name="product added", exact=True).click()
    assert "what=product_added" in admin.page.url
    with admin.page.expect_download() as saved:
        admin.page.get_by_role("link", name="Save as CSV", exact=True).click()
    table = saved.value.path().read_text()
    assert table.splitlines()[0].startswith("at,what,")
    assert {line.split(",")[1] for line in table.splitlines()[1:]} == {"product_added"}


def test_everything_works_without_javascript(house: House, meet: Callable[..., Person]) -> None:
    admin = meet("admin", java_script_enabled=False)
    shop = Stranger(house, "Bark shop")
    adds(admin, shop)
    press(admin.page, "Try it as me")
    expect(admin.page.get_by_text("You would be signed in.")).to_be_visible()
    agrees_plainly(admin.page, "Disable")
    expect(admin.page.get_by_text("Nobody can sign in to it")).to_be_visible()
    press(admin.page, "Enable")
    expect(admin.page.get_by_text("It takes part in the sign-in again.")).to_be_visible()


def agrees_plainly(page: Page, button: str) -> None:
    """As `agrees`, where no checker can be run: the dialog is the browser's own doing."""
    press(page, button)
    press(page.get_by_role("dialog"), button)


def test_a_key_is_rotated_with_the_keyboard_alone(admin: Person) -> None:
    page = admin.page
    page.goto("/keys")
    tab_to(page, "Rotate now")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert focused(page) == "Rotate now", "the focus is back where it was"
    page.keyboard.press("Enter")
    tab_to(page, "Rotate now")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The keys were rotated.")).to_be_visible()


def test_rotations_in_a_row_stop_nobody_at_work(admin: Person, meet: Callable[..., Person]) -> None:
    """Each lets a key sign that was made a moment ago; backend knows it by the time that somebody brings a token."""
    for _ in range(3):
        admin.page.goto("/keys")
        agrees(admin.page, "Rotate now", "Rotate now")
        expect(admin.page.get_by_text("The keys were rotated.")).to_be_visible()
        newcomer = meet("worker")
        newcomer.page.goto("/tasks")
        expect(newcomer.page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()
        expect(newcomer.page.get_by_text("does not answer")).to_have_count(0)


def tab_to(page: Page, name: str, at_most: int = 40) -> None:
    for _ in range(at_most):
        page.keyboard.press("Tab")
        if focused(page) == name:
            return
    raise AssertionError(f"{name} was not reached")


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement.textContent.trim()")
    return text


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_of_the_administration_is_accessible_in_every_look(
    look: str, house: House, meet: Callable[..., Person], screenshot: Callable[[Page, str], None]
) -> None:
    admin = meet("admin", **LOOKS[look])
    adds(admin, Stranger(house, f"Feather shop {look}"))
    assert axe_violations(admin.page) == []
    product = admin.page.get_by_role("link", name="Edit", exact=True).get_attribute("href") or ""
    admin.page.goto("/people")
    person = admin.page.locator("[data-person-id] a").first.get_attribute("href") or ""
    lists = {path.strip("/"): path for path in (*SECTIONS, "/new-product")}
    singles = {"product": product.removesuffix("/facts"), "product-form": product, "person": person}
    for name, path in {**lists, **singles}.items():
        admin.page.goto(path)
        screenshot(admin.page, f"administration-{name}-{look}")
        assert axe_violations(admin.page) == [], path
        assert no_sideways_scrolling(admin.page), path
