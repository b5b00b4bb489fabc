"""One installation for all of these tests: a process, five people, six products, and a receiver of logout notices."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey

from auth_service.tests.conformance.browser import Browser, Person
from auth_service.tests.conformance.receiver import Receiver, receiving
from auth_service.tests.conformance.relying_party import EVERYTHING, Provider, RelyingParty, Tokens
from auth_service.tests.process import address_of, at_the_console, environment_of, serving
from conftest import Databases

PEOPLE = {
    "ada": ("Ada Macaw", "admin"),
    "ann": ("Ann Budgie", "worker"),
    "bob": ("Bob Lory", "worker"),
    "eve": ("Eve Conure", "manager"),
}
KEY = ECKey.generate_key("P-256", {"kid": "mine", "use": "sig"})


def products(receiver: str) -> dict[str, dict[str, Any]]:
    """As their owners registered them (RFC 7591 section 2); the first two are trusted."""
    return {
        "shop": {
            "redirect_uris": ["https://shop.example/callback"],
            "post_logout_redirect_uris": ["https://shop.example/bye"],
            "backchannel_logout_uri": f"{receiver}/shop",
            "scope": f"{EVERYTHING} people:read people:write",
        },
        "post": {
            "redirect_uris": ["https://post.example/callback", "https://post.example/callback?tenant=7&x=%20"],
            "token_endpoint_auth_method": "client_secret_post",
            "id_token_signed_response_alg": "ES256",
            "post_logout_redirect_uris": ["https://post.example/bye?from=here"],
            "backchannel_logout_uri": f"{receiver}/post",
        },
        "spa": {"redirect_uris": ["http://127.0.0.1:9000/callback"], "token_endpoint_auth_method": "none"},
        "signer": {
            "redirect_uris": ["https://signer.example/callback"],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "scope": f"{EVERYTHING} people:read ates",
            "token_endpoint_auth_method": "private_key_jwt",
            "id_token_signed_response_alg": "EdDSA",
            "jwks": {"keys": [KEY.as_dict(private=False)]},
        },
        "other": {"redirect_uris": ["https://other.example/callback"], "client_uri": "https://other.example/"},
    }


@dataclass(frozen=True)
class Installation:
    provider: Provider
    people: Mapping[str, Person]
    parties: Mapping[str, RelyingParty]
    receiver: Receiver


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A process of its own and three hundred questions: not for `make check`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("thorough")


@pytest.fixture(scope="session")
def installation(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    environment = environment_of(databases.create(), tmp_path_factory.mktemp("var"))
    people = {key: Person(**at_the_console(environment, *hiring(key))) for key in PEOPLE}
    with receiving() as receiver, httpx2.HTTPTransport(verify=False) as transport:
        provider = Provider(address_of(environment), transport)
        parties = {
            name: registered(provider, environment, name, wanted) for name, wanted in products(receiver.url).items()
        }
        parties["backend"] = RelyingParty(provider, "backend", secret="backend-" * 5, scope="people:read")
        with serving(environment):
            yield Installation(provider, people, parties, receiver)


def hiring(key: str) -> tuple[str, ...]:
    name, role = PEOPLE[key]
    return ("person", "add", "--json", "--role", role, name, f"{key}@uberpopug.example")


def registered(provider: Provider, environment: Mapping[str, str], name: str, wanted: dict[str, Any]) -> RelyingParty:
    document = json.dumps({"client_id": name, "client_name": name.capitalize(), **wanted})
    trusted = () if name == "other" else ("--trusted",)
    told = at_the_console(environment, "product", "add", "--metadata", "-", *trusted, typed=document)
    return RelyingParty(
        provider,
        name,
        redirect_uri=told["redirect_uris"][0],
        secret=told.get("client_secret"),
        method=told["token_endpoint_auth_method"],
        algorithm=told["id_token_signed_response_alg"],
        key=KEY if name == "signer" else None,
    )


# --- the cast ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def provider(installation: Installation) -> Provider:
    return installation.provider


@pytest.fixture(scope="session")
def receiver(installation: Installation) -> Receiver:
    return installation.receiver


@pytest.fixture(scope="session")
def ada(installation: Installation) -> Person:
    return installation.people["ada"]


@pytest.fixture(scope="session")
def ann(installation: Installation) -> Person:
    return installation.people["ann"]


@pytest.fixture(scope="session")
def bob(installation: Installation) -> Person:
    return installation.people["bob"]


@pytest.fixture(scope="session")
def eve(installation: Installation) -> Person:
    return installation.people["eve"]


@pytest.fixture(scope="session")
def shop(installation: Installation) -> RelyingParty:
    return installation.parties["shop"]


@pytest.fixture(scope="session")
def post(installation: Installation) -> RelyingParty:
    return installation.parties["post"]


@pytest.fixture(scope="session")
def spa(installation: Installation) -> RelyingParty:
    return installation.parties["spa"]


@pytest.fixture(scope="session")
def signer(installation: Installation) -> RelyingParty:
    return installation.parties["signer"]


@pytest.fixture(scope="session")
def other(installation: Installation) -> RelyingParty:
    return installation.parties["other"]


@pytest.fixture(scope="session")
def backend(installation: Installation) -> RelyingParty:
    return installation.parties["backend"]


@pytest.fixture
def guest(provider: Provider) -> Browser:
    """A browser in which nobody has signed in."""
    return provider.new_browser()


@pytest.fixture(scope="session")
def anns(shop: RelyingParty, ann: Person) -> Tokens:
    """Ann at the shop, for tests that only look."""
    return shop.tokens_for(ann)


@pytest.fixture
def signed_in(shop: RelyingParty, ann: Person, guest: Browser) -> Browser:
    """A browser in which Ann has just signed in, by way of the shop."""
    shop.code_for(ann, guest)
    return guest
