"""Where logout notices may go: the public internet, and what the settings allow, but nothing inside by any spelling."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from auth_service.products.own import own_callbacks
from auth_service.sessions.delivery import post_over_http
from auth_service.sessions.destination import NotAllowed, destination_of, is_allowed
from auth_service.settings import LOOPBACK, Settings
from auth_service.tests.conftest import settings_for


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::"),
    ],
)
def test_nothing_inside_is_reached(address: str) -> None:
    assert not is_allowed(ip_address(address), ())


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_the_public_internet_is(address: str) -> None:
    assert is_allowed(ip_address(address), ())


def test_a_network_of_the_settings_is_allowed_besides() -> None:
    office = (ip_network("10.1.0.0/16"),)
    assert is_allowed(ip_address("10.1.2.3"), office)
    assert is_allowed(ip_address("::ffff:10.1.2.3"), office)
    assert not is_allowed(ip_address("10.2.2.3"), office)
    assert not is_allowed(ip_address("::1"), office)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://127.1/x",
        "https://[::1]/x",
        "https://no.such.name.invalid/x",
    ],
)
def test_no_spelling_of_a_name_leads_inside(uri: str) -> None:
    with pytest.raises(NotAllowed):
        destination_of(uri, ())


def test_a_name_with_one_bad_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(NotAllowed, match=r"10\.0\.0\.1"):
        destination_of("https://rebinding.example/x", ())


def test_what_was_looked_at_is_connected_to_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, "1.1.1.1")
    to = destination_of("https://shop.example:8443/out?a=1", ())
    assert str(to.url) == "https://1.1.1.1:8443/out?a=1"
    assert to.headers == {"Host": "shop.example:8443"}
    assert to.extensions == {"sni_hostname": "shop.example"}


def resolves_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


class Shop(BaseHTTPRequestHandler):
    heard: list[tuple[str | None, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.heard.append((self.headers["Host"], body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def shop_port() -> Iterator[int]:
    Shop.heard = []
    with HTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_notice_arrives_on_loopback_only_where_that_is_allowed(shop_port: int) -> None:
    uri = f"http://localhost:{shop_port}/out"
    with httpx2.Client() as client:
        refused = post_over_http(client, networks=(), our_own=())(uri, {"logout_token": "x"})
        assert refused
        assert refused.startswith("refused: localhost is at")
        assert Shop.heard == []
        assert post_over_http(client, networks=LOOPBACK, our_own=())(uri, {"logout_token": "x"}) is None
        assert post_over_http(client, networks=(), our_own=[uri])(uri, {"logout_token": "y"}) is None
    assert Shop.heard == [(f"localhost:{shop_port}", f"logout_token={value}") for value in "xy"]


def test_loopback_is_allowed_where_the_issuer_lives_there(tmp_path: Path) -> None:
    here = settings_for("sqlite://", tmp_path)
    assert here.callback_networks == LOOPBACK
    public = Settings(**here.model_dump(exclude={"callback_networks", "issuer"}), issuer="https://id.example")
    assert public.callback_networks == ()


def test_the_settings_name_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_SERVICE_CALLBACK_NETWORKS", "10.0.0.0/8 fd00::/8")
    monkeypatch.setenv("AUTH_SERVICE_SECRET", "s" * 32)
    assert Settings(var=tmp_path).callback_networks == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    monkeypatch.setenv("AUTH_SERVICE_CALLBACK_NETWORKS", "everywhere")
    with pytest.raises(ValidationError):
        Settings(var=tmp_path)


def test_what_the_settings_say_of_our_own_frontend_needs_no_leave(tmp_path: Path) -> None:
    settings = settings_for("sqlite://", tmp_path)
    assert own_callbacks(settings) == {"http://127.0.0.1:8000/back-channel-logout"}
    moved = settings.model_copy(update={"frontend_internal_url": "http://frontend:8000"})
    assert own_callbacks(moved) == {"http://frontend:8000/back-channel-logout"}
    assert own_callbacks(settings.model_copy(update={"frontend_url": None})) == set()
