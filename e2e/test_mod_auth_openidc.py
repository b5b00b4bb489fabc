"""mod_auth_openidc: an application that knows nothing of OpenID Connect, behind a real Apache."""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from playwright.sync_api import expect

from e2e.people import Person
from e2e.premises import House
from e2e.strangers import CLIENTS, Stranger

NOTICED_SECONDS = 5.0
MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "proxy", "proxy_http")
AS_WHOM = "User www-data\nGroup www-data\n" if os.geteuid() == 0 else ""  # Apache refuses to work as root

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("icons_do_not_matter")]


@pytest.fixture(scope="module")
def ledger_url(house: House) -> Iterator[str]:
    product = Stranger(house, "Old ledger")
    product.register(
        redirect_uris=["/oidc"],
        post_logout_redirect_uris=["/signed-out"],
        backchannel_logout_uri="/oidc?logout=backchannel",
    )
    with tempfile.TemporaryDirectory() as folder, served(application) as behind:
        configuration = Path(folder) / "apache.conf"
        configuration.write_text(
            "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in LOADED)
            + f"{AS_WHOM}ServerName 127.0.0.1\nListen 127.0.0.1:{product.port}\n"
            f"DefaultRuntimeDir {folder}\nPidFile {folder}/pid\nErrorLog /dev/stderr\n"
            f"Include {CLIENTS}/apache_product.conf\n"
        )
        command = ("/usr/sbin/apache2", "-X", "-f", str(configuration))
        with product.running(*command, also={"BEHIND": behind, "APACHE_PASSPHRASE": "of-a-test-only"}):
            yield product.url


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Who is there, it reads in the headers."""
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    told = {name: environ.get(f"HTTP_OIDC_CLAIM_{name.upper()}", "nobody") for name in ("email", "role")}
    return [f"<h1>Old ledger</h1><p>{escape(told['email'])} is {escape(told['role'])}</p>".encode()]


class Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None: ...


@contextmanager
def served(application: Callable[..., Iterable[bytes]]) -> Iterator[str]:
    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(timeout=10)


def test_apache_lets_in_whoever_is_signed_in(ledger_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(f"{ledger_url}/any/page?of=it")
    expect(worker.page.get_by_text(f"{worker.email} is worker")).to_be_visible()
    assert worker.page.url == f"{ledger_url}/any/page?of=it"


def test_apache_sends_a_stranger_to_the_sign_in_page(ledger_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.signs_out()
    worker.page.goto(ledger_url)
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_apache_opens_a_page_to_one_role_only(ledger_url: str, meet: Callable[..., Person], watch: Any) -> None:
    accountant, worker = meet("accountant"), meet("worker")
    accountant.page.goto(f"{ledger_url}/books")
    expect(accountant.page.get_by_text(f"{accountant.email} is accountant")).to_be_visible()
    with watch.expecting(401):
        answer = worker.page.goto(f"{ledger_url}/books")
    assert answer
    assert answer.status == 401


def test_apache_signs_out_of_everything(ledger_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(ledger_url)
    worker.page.goto(f"{ledger_url}/oidc?logout={quote(f'{ledger_url}/signed-out', safe='')}")
    expect(worker.page.get_by_text("nobody is nobody")).to_be_visible()
    assert worker.page.url.startswith(f"{ledger_url}/signed-out")
    worker.page.goto(ledger_url)
    expect(worker.page.get_by_label("Beak shape", exact=True)).to_be_visible()


def test_apache_hears_of_a_sign_out_elsewhere(ledger_url: str, meet: Callable[..., Person]) -> None:
    worker = meet("worker")
    worker.page.goto(ledger_url)
    worker.page.goto("/")
    worker.signs_out()
    until = time.monotonic() + NOTICED_SECONDS
    while let_in(worker, ledger_url):
        assert time.monotonic() < until


def let_in(person: Person, url: str) -> bool:
    person.page.goto(url)
    return person.page.get_by_text(f"{person.email} is worker").is_visible()
