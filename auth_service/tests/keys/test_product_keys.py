"""A product that publishes its keys: fetched where it is safe, as seldom as can be, and trusted as long as it is up."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey
from pydantic import ValidationError

from auth_service.house import House
from auth_service.keys.foreign_tokens import Jwk
from auth_service.keys.product_keys import LARGEST_KEY_SET_BYTES, CanNotFetch, ProductKeys, over_http
from auth_service.products.registration import ClientMetadata, as_registered, register
from auth_service.protocol.client_assertion import ASSERTION_TYPE
from auth_service.settings import LOOPBACK
from auth_service.tests.product import ISSUER

Page = Callable[[BaseHTTPRequestHandler], None]


def shows(document: Any, status: int = 200) -> Page:
    def page(request: BaseHTTPRequestHandler) -> None:
        body = json.dumps(document).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return page


@dataclass
class Lighthouse:
    """A product with a web server of its own."""

    server: ThreadingHTTPServer
    page: Page = field(default_factory=lambda: shows({"keys": []}))
    visits: int = 0

    @property
    def jwks_uri(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/keys"

    def publishes(self, *keys: ECKey) -> None:
        self.page = shows({"keys": [key.as_dict(private=False) for key in keys]})


@pytest.fixture
def lighthouse() -> Iterator[Lighthouse]:
    class Visit(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            house.visits += 1
            house.page(self)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Visit)
    house = Lighthouse(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield house
    server.shutdown()
    server.server_close()
    thread.join(5)


class Stopwatch:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Lamp:
    """The same product as it asks for tokens."""

    client: TestClient
    at: int

    def asks(self, key: ECKey, path: str = "/token", **form: str) -> Response:
        claims = {"iss": "lamp", "sub": "lamp", "aud": ISSUER, "jti": token_urlsafe(8), "exp": self.at + 60}
        header = {"alg": "ES256"} | ({"kid": key.kid} if key.kid else {})
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": jwt.encode(header, claims, key)}
        return self.client.post(path, data=proof | (form or {"grant_type": "client_credentials"}))


def new_key(kid: str | None = None) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid} if kid else None)


@pytest.fixture
def stopwatch(house: House, monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    stopwatch = Stopwatch()
    monkeypatch.setattr(house.product_keys, "_stopwatch", stopwatch)
    return stopwatch


@pytest.fixture
def lamp(house: House, client: TestClient, lighthouse: Lighthouse, stopwatch: Stopwatch) -> Lamp:
    metadata = {
        "client_id": "lamp",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": lighthouse.jwks_uri,
        "scope": "people:read",
    }
    with house.database.writing() as session:
        answer = as_registered(
            *register(session, ClientMetadata.model_validate(metadata), trusted=True, at=house.clock())
        )
    assert answer["jwks_uri"] == lighthouse.jwks_uri
    assert "jwks" not in answer
    return Lamp(client, int(house.clock().timestamp()))


def test_keys_are_fetched_once_and_kept(lamp: Lamp, lighthouse: Lighthouse) -> None:
    key = new_key("first")
    lighthouse.publishes(key)
    for _ in range(5):
        assert lamp.asks(key).status_code == 200
    assert lamp.asks(key, "/introspection", token="x").json() == {"active": False}
    assert lamp.asks(key, "/revocation", token="x").status_code == 200
    assert lighthouse.visits == 1


def test_a_new_key_is_noticed_and_strange_ones_cause_one_fetch_in_thirty_seconds(
    lamp: Lamp, lighthouse: Lighthouse, stopwatch: Stopwatch
) -> None:
    old, new = new_key("old"), new_key("new")
    lighthouse.publishes(old)
    assert lamp.asks(old).status_code == 200
    lighthouse.publishes(old, new)
    for number in range(20):
        assert lamp.asks(new_key(f"made up {number}")).json()["error"] == "invalid_client"
    assert lighthouse.visits == 1
    stopwatch.now += 30
    assert lamp.asks(new).status_code == 200
    assert lamp.asks(new_key("made up")).status_code == 401
    assert lighthouse.visits == 2


def test_a_key_that_was_taken_down_is_forgotten(lamp: Lamp, lighthouse: Lighthouse, stopwatch: Stopwatch) -> None:
    lost, kept = new_key("lost"), new_key("kept")
    lighthouse.publishes(lost, kept)
    assert lamp.asks(lost).status_code == 200
    lighthouse.publishes(kept)
    stopwatch.now += 600
    assert lamp.asks(lost).status_code == 401
    assert lamp.asks(kept).status_code == 200


def test_while_the_product_does_not_answer_its_keys_are_trusted_for_a_day(
    lamp: Lamp, lighthouse: Lighthouse, stopwatch: Stopwatch
) -> None:
    key = new_key("only")
    lighthouse.publishes(key)
    assert lamp.asks(key).status_code == 200
    lighthouse.page = shows({"error": "out of order"}, status=503)
    stopwatch.now += 3600
    assert lamp.asks(key).status_code == 200
    stopwatch.now += 24 * 3600
    assert lamp.asks(key).status_code == 401


def test_a_key_without_a_name_will_do(lamp: Lamp, lighthouse: Lighthouse, stopwatch: Stopwatch) -> None:
    first, second = new_key(), new_key()
    lighthouse.publishes(first)
    assert lamp.asks(first).status_code == 200
    lighthouse.publishes(second)
    stopwatch.now += 31
    assert lamp.asks(second).status_code == 200


def test_keys_of_other_kinds_in_the_set_are_passed_over(lamp: Lamp, lighthouse: Lighthouse) -> None:
    key = new_key("ours")
    others: list[Any] = [
        OKPKey.generate_key("X25519").as_dict(private=False) | {"use": "enc"},
        OctKey.generate_key(256).as_dict(private=True),
        {"kty": "PQC"},
        "nonsense",
    ]
    lighthouse.page = shows({"keys": [*others, key.as_dict(private=False)]})
    assert lamp.asks(key).status_code == 200


def test_products_that_ask_at_once_share_one_fetch(lighthouse: Lighthouse) -> None:
    key = new_key("slow").as_dict(private=False)
    calls: list[str] = []

    def slowly(uri: str) -> list[Jwk]:
        calls.append(uri)
        time.sleep(0.1)
        return [key]

    keys = ProductKeys(slowly)
    threads = [threading.Thread(target=keys.look_up, args=("https://a.example", "slow")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert keys.known("https://a.example") == [key]
    assert len(calls) == 1


def test_keys_are_not_fetched_from_our_own_network(lighthouse: Lighthouse) -> None:
    with pytest.raises(CanNotFetch, match="not on the public internet"):
        over_http(())(lighthouse.jwks_uri)
    assert lighthouse.visits == 0


def redirects(request: BaseHTTPRequestHandler) -> None:
    request.send_response(302)
    request.send_header("Location", "/elsewhere")
    request.end_headers()


def drips(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.end_headers()
    with suppress(ConnectionError):  # nobody waits for its end
        for _ in range(40):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.02)


@pytest.mark.parametrize(
    "nonsense",
    [redirects, drips, shows("x" * LARGEST_KEY_SET_BYTES), shows([]), shows({"keys": "many"}), shows({}, status=404)],
)
def test_what_is_no_key_set_is_refused_soon(
    lighthouse: Lighthouse, nonsense: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auth_service.keys.product_keys.DEADLINE_SECONDS", 0.3)
    lighthouse.page = nonsense
    with pytest.raises(CanNotFetch):
        over_http(LOOPBACK)(lighthouse.jwks_uri)
    assert lighthouse.visits == 1


@pytest.mark.parametrize(
    "besides",
    [{"jwks_uri": "http://shop.example/keys"}, {"jwks": {"keys": [new_key().as_dict(private=False)]}}],
)
def test_the_address_must_be_https_and_stands_alone(besides: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ClientMetadata.model_validate(
            {"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://shop.example/keys"} | besides
        )
