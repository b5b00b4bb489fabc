"""JupyterHub with its GenericOAuthenticator: knows endpoints only, keeps the refresh token, asks again now and then."""

import secrets
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from e2e.people import Person
from e2e.premises import REPOSITORY, House, free_ports
from e2e.strangers import CLIENTS, Stranger

COMMANDS = REPOSITORY / ".make" / "jupyterhub-venv" / "bin"
PROXY = REPOSITORY / "node_modules" / ".bin" / "configurable-http-proxy"
REFRESH_AGE_SECONDS = 1
NOTICED_SECONDS = 5.0

pytestmark = [pytest.mark.usefixtures("icons_do_not_matter")]


@pytest.fixture(scope="module")
def hub_url(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    product = Stranger(house, "Notebooks")
    product.register(redirect_uris=["/hub/oauth_callback"], post_logout_redirect_uris=["/hub/"])
    inner = free_ports(("HUB", "PROXY"))
    command = (
        str(COMMANDS / "jupyterhub"),
        f"--config={CLIENTS / 'jupyterhub_product.py'}",
        f"--JupyterHub.bind_url={product.url}",
        f"--JupyterHub.hub_bind_url=http://127.0.0.1:{inner['HUB']}",
        f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{inner['PROXY']}",
        f"--ConfigurableHTTPProxy.command={PROXY}",
        "--JupyterHub.redirect_to_server=False",  # there is no notebook behind it
        f"--GenericOAuthenticator.auth_refresh_age={REFRESH_AGE_SECONDS}",
    )
    also = {"JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32)}
    with product.running(*command, also=also, folder=tmp_path_factory.mktemp("jupyterhub")):
        yield product.url


def test_the_hub_signs_in_and_out(hub_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(hub_url)
    expect(worker.page.get_by_text(worker.email)).to_be_visible()
    expect(worker.page.get_by_role("link", name="Admin")).to_have_count(0)
    worker.page.goto(f"{hub_url}/hub/logout")  # it keeps no ID token to hint with, so the person is asked
    worker.page.get_by_role("button", name="Sign out", exact=True).click()
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_the_hub_makes_an_admin_of_our_admin(hub_url: str, meet: Callable[..., Person]) -> None:
    admin = meet("admin")
    admin.page.goto(hub_url)
    expect(admin.page.get_by_role("link", name="Admin")).to_be_visible()


def test_the_hub_notices_at_its_next_refresh_that_the_session_ended(hub_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(hub_url)
    expect(worker.page.get_by_text(worker.email)).to_be_visible()
    worker.page.goto("/")
    worker.signs_out()
    until = time.monotonic() + REFRESH_AGE_SECONDS + NOTICED_SECONDS
    while known_at(hub_url, worker):
        assert time.monotonic() < until


def known_at(hub_url: str, person: Person) -> bool:
    person.page.goto(hub_url)
    return person.page.get_by_text(person.email).is_visible()
