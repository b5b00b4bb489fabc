"""One sign-in for every product of the company (S8, S9), shown with Authlib's Starlette client."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from e2e.people import Person
from e2e.premises import House
from e2e.strangers import Stranger, rotate_keys, service, uvicorn

NOTICED_SECONDS = 2.0

pytestmark = pytest.mark.usefixtures("icons_do_not_matter")


@pytest.fixture(scope="module")
def shop_url(house: House) -> Iterator[str]:
    """The seed shop, registered while auth_service runs."""
    shop = Stranger(house, "Seed shop")
    shop.register(
        redirect_uris=["/callback"],
        post_logout_redirect_uris=["/signed-out"],
        backchannel_logout_uri="/back-channel-logout",
    )
    with shop.running(*uvicorn("starlette_product", shop.port)):
        yield shop.url


def test_a_second_product_is_signed_in_silently(shop_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(shop_url)
    expect(worker.page.get_by_text(f"Hello, {worker.name} (worker)")).to_be_visible()


def test_the_second_product_asks_for_the_beak_when_nobody_is_signed_in(
    shop_url: str, meet: Callable[..., Person]
) -> None:
    worker = meet("worker")
    worker.signs_out()
    worker.page.goto(shop_url)
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_signing_out_of_one_product_signs_out_of_all(shop_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(shop_url)
    worker.page.goto(f"{shop_url}/sign-out")
    expect(worker.page.get_by_role("heading", name="Come again")).to_be_visible()
    until = time.monotonic() + NOTICED_SECONDS
    while is_signed_in(worker):
        assert time.monotonic() < until


def is_signed_in(person: Person) -> bool:
    """The notice travels from server to server, so a page may be opened before it arrives."""
    person.page.goto("/tasks")
    return person.page.get_by_role("button", name="Sign out", exact=True).is_visible()


def test_a_product_renews_its_tokens_behind_the_scenes(shop_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(shop_url)
    worker.page.goto(f"{shop_url}/renew")
    worker.page.goto(f"{shop_url}/renew")
    expect(worker.page.get_by_text(f"Hello, {worker.name} (worker)")).to_be_visible()


def test_the_second_product_hears_of_a_sign_out_elsewhere(shop_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(shop_url)
    worker.page.goto("/")
    worker.signs_out()
    until = time.monotonic() + NOTICED_SECONDS
    while hello(worker, at=shop_url):
        assert time.monotonic() < until


def hello(person: Person, *, at: str) -> bool:
    person.page.goto(at)
    return person.page.get_by_text("Hello,").is_visible()


def test_a_new_role_reaches_the_second_product(house: House, shop_url: str, meet: Callable[..., Person]) -> None:
    """A role change ends every session of that person, so the next sign-in brings the new role."""
    worker = meet("worker")
    worker.page.goto(shop_url)
    try:
        house.command("auth-service", "person", "role", worker.email, "accountant")
        until = time.monotonic() + NOTICED_SECONDS
        while hello(worker, at=shop_url):
            assert time.monotonic() < until
        worker.page.get_by_label("Beak shape", exact=True).fill(worker.beak_shape)
        worker.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(worker.page.get_by_text(f"Hello, {worker.name} (accountant)")).to_be_visible()
    finally:
        house.command("auth-service", "person", "role", worker.email, "worker")


def test_a_callback_that_this_browser_never_asked_for_signs_nobody_in(
    shop_url: str, meet: Callable[..., Person]
) -> None:
    """The client's own check of `state`; ours is that it comes back unchanged."""
    worker = meet("worker")
    answer = worker.page.request.get(f"{shop_url}/callback?code=x&state=y")
    assert answer.status == 403


def test_a_product_does_not_notice_a_key_rotation(house: House, shop_url: str, meet: Callable[..., Person]) -> None:
    """By the first one it knows the keys already, which were published before; by the second it fetches them anew."""
    worker, clock = meet("worker"), service(house, "Clock")
    worker.page.goto(shop_url)
    for _ in range(2):
        rotate_keys(house, clock)
        worker.page.goto(f"{shop_url}/sign-in")
        expect(worker.page.get_by_text(f"Hello, {worker.name} (worker)")).to_be_visible()
