"""One sign-in for every product of the company (S8, S9)."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from e2e.other_product import opened, seed_shop
from e2e.people import Person
from e2e.premises import House, free_ports

NOTICED_SECONDS = 2.0


@pytest.fixture
def shop_url(house: House) -> Iterator[str]:
    """The seed shop, registered while auth_service runs."""
    port = free_ports(("SHOP",))["SHOP"]
    url = f"http://127.0.0.1:{port}"
    registered = house.command(
        "auth-service", "product", "add", "Seed shop", "--redirect-uri", f"{url}/callback",
        "--post-logout-redirect-uri", f"{url}/closed", "--trusted", "--json",
    )  # fmt: skip
    with opened(seed_shop(url=url, issuer=house.issuer, **json.loads(registered)), port):
        yield url


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
