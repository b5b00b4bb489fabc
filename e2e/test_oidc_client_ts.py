"""oidc-client-ts: a product that is nothing but a page. A public client, so PKCE, CORS and rotation are all it has."""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from e2e.conftest import Watch
from e2e.people import Person
from e2e.premises import REPOSITORY, House
from e2e.strangers import CLIENTS, Stranger

LIBRARY = REPOSITORY / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"

pytestmark = pytest.mark.usefixtures("icons_do_not_matter")


@pytest.fixture(scope="module")
def map_url(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with page_alone(house, "Feather map", tmp_path_factory.mktemp("feather-map"), trusted=True) as url:
        yield url


@contextmanager
def page_alone(house: House, name: str, folder: Path, *, trusted: bool) -> Iterator[str]:
    product = Stranger(house, name)
    product.register(
        trusted=trusted, redirect_uris=["/"], post_logout_redirect_uris=["/"], token_endpoint_auth_method="none"
    )
    shutil.copy(CLIENTS / "browser_product.html", folder / "index.html")
    shutil.copy(CLIENTS / "browser_product.js", folder)
    shutil.copy(LIBRARY, folder)
    settings = {"ISSUER": house.issuer, "CLIENT_ID": product.registration["client_id"]}
    (folder / "settings.js").write_text("".join(f"const {name} = {json.dumps(it)}\n" for name, it in settings.items()))
    serve = (sys.executable, "-m", "http.server", "--bind=127.0.0.1", str(product.port))
    with product.running(*serve, folder=folder):
        yield product.url


def nobody(page: Page) -> None:
    expect(page.get_by_text("Nobody is signed in.")).to_be_visible()


def hello(person: Person, page: Page | None = None) -> None:
    expect((page or person.page).get_by_text(f"Hello, {person.name} ({person.role})")).to_be_visible()


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def show_beak(page: Page, person: Person) -> None:
    page.get_by_label("Beak shape", exact=True).fill(person.beak_shape)
    press(page, "Sign in")


@pytest.fixture
def worker(meet: Callable[..., Person]) -> Person:
    """Known, but signed in nowhere."""
    person = meet("worker")
    person.signs_out()
    return person


def test_the_page_signs_in_by_redirect_and_out_everywhere(map_url: str, worker: Person) -> None:
    worker.page.goto(map_url)
    nobody(worker.page)
    press(worker.page, "Sign in")
    show_beak(worker.page, worker)
    hello(worker)
    press(worker.page, "Sign out")
    nobody(worker.page)
    worker.page.reload()
    nobody(worker.page)


def test_the_page_signs_in_in_a_window_of_its_own(map_url: str, worker: Person) -> None:
    worker.page.goto(map_url)
    nobody(worker.page)
    with worker.page.expect_popup() as opened:
        press(worker.page, "Sign in in a window")
    show_beak(opened.value, worker)
    hello(worker)
    assert opened.value.is_closed()


def test_whoever_is_signed_in_already_is_known_through_a_hidden_frame(
    map_url: str, meet: Callable[..., Person]
) -> None:
    """The frame is only ever redirected (prompt=none), so it shows no page of ours, which may not be framed."""
    worker = meet("worker")
    worker.page.goto(map_url)
    hello(worker)


def test_the_page_renews_its_tokens_by_rotation(map_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    answers: list[Response] = []
    worker.page.on("response", lambda answer: answers.append(answer) if answer.url.endswith("/token") else None)
    worker.page.goto(map_url)
    hello(worker)
    for _ in range(2):
        with worker.page.expect_response("**/token"):
            press(worker.page, "Renew")
        hello(worker)
    tokens = [answer.json()["refresh_token"] for answer in answers if answer.request.method == "POST"]
    assert len(set(tokens)) == len(tokens) == 3


def test_the_page_learns_at_its_next_renewal_that_the_session_ended_elsewhere(
    map_url: str, meet: Callable[..., Person], watch: Watch
) -> None:
    worker = meet("worker")
    worker.page.goto(map_url)
    hello(worker)
    elsewhere = Person(worker.page.context.new_page(), worker.name, worker.email, worker.role, worker.beak_shape)
    elsewhere.page.goto("/")
    elsewhere.signs_out()
    with watch.expecting(400):
        press(worker.page, "Renew")
        nobody(worker.page)


def test_a_page_of_others_is_allowed_once_and_then_known(house: House, worker: Person, tmp_path: Path) -> None:
    with page_alone(house, "Weather of others", tmp_path, trusted=False) as url:
        worker.page.goto(url)
        nobody(worker.page)
        press(worker.page, "Sign in")
        show_beak(worker.page, worker)
        press(worker.page, "Allow")
        hello(worker)
        worker.page.evaluate("sessionStorage.clear()")
        worker.page.goto(url)
        hello(worker)
