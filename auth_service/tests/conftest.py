"""A small cast in a real database, the application over HTTP, and a clock that the test moves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from auth_service.app import create_app
from auth_service.house import House, furnish
from auth_service.migrations import migrate
from auth_service.opening import open_house
from auth_service.people.egg import lay
from auth_service.people.hiring import hire
from auth_service.people.person import Role
from auth_service.products.registration import ClientMetadata, register
from auth_service.settings import Settings
from auth_service.tests.product import BACKEND, ISSUER, Product
from auth_service.tests.visitor import Visitor
from conftest import Databases

CAST = {
    "ada": ("Ada Macaw", Role.ADMIN),
    "boss": ("Boss Cockatoo", Role.MANAGER),
    "penny": ("Penny Parakeet", Role.ACCOUNTANT),
    "ann": ("Ann Budgie", Role.WORKER),
    "bob": ("Bob Lory", Role.WORKER),
}
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class MovableClock:
    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True)
class Member:
    id: str
    name: str
    email: str
    role: Role
    beak: str


@dataclass(frozen=True)
class Stage:
    """A migrated database with the cast and the products in it, to be copied by each test."""

    url: str
    cast: dict[str, Member]
    secrets: dict[str, str | None]


def settings_for(database_url: str, var: Path) -> Settings:
    return Settings(
        var=var,
        issuer=ISSUER,
        database_url=database_url,
        secret=SecretStr("a secret for tests that nobody else has"),
        frontend_url="http://127.0.0.1:8000",
        frontend_secret=SecretStr("frontend" * 5),
        backend_secret=SecretStr(BACKEND[1]),
        beak_hash_memory_kib=64,
    )


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """For browsers that come without opening the house: each of their requests would start a thread and a loop."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture(scope="session")
def stage(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    url = databases.create()
    migrate(url)
    house = furnish(settings_for(url, tmp_path_factory.mktemp("var")), clock=MovableClock(), rng=Random(1))
    open_house(house)
    cast = {key: hired(house, key, name, role) for key, (name, role) in CAST.items()}
    secrets = {key: registered(house, metadata) for key, metadata in PRODUCTS.items()}
    house.database.close()
    yield Stage(url, cast, secrets)
    databases.drop(url)


def hired(house: House, key: str, name: str, role: Role) -> Member:
    with house.database.writing() as session:
        email = f"{key}@uberpopug.example"
        person, beak = hire(
            session, name=name, email=email, role=role, at=house.clock(), rng=house.rng, egg=lay(house.rng, house.proof)
        )
    return Member(person.id, name, email, role, str(beak))


CALLBACK = "https://shop.example/callback"
PRODUCTS = {
    "shop": ClientMetadata(
        client_id="shop",
        client_name="Perch Shop",
        client_uri="https://shop.example/",
        redirect_uris=[CALLBACK],
        post_logout_redirect_uris=["https://shop.example/bye"],
        backchannel_logout_uri="https://shop.example/logout",
        scope="openid profile email roles offline_access people:read people:write administration",
    ),
    "app": ClientMetadata(
        client_id="app",
        client_name="Feather App",
        redirect_uris=["http://127.0.0.1:9000/cb", "http://127.0.0.1:9000/other"],
        token_endpoint_auth_method="none",
    ),
    "wiki": ClientMetadata(
        client_id="wiki",
        client_name="Wiki",
        redirect_uris=["https://wiki.example/cb"],
        token_endpoint_auth_method="client_secret_post",
        id_token_signed_response_alg="ES256",
    ),
}
TRUSTED = {"shop"}


def registered(house: House, metadata: ClientMetadata) -> str | None:
    with house.database.writing() as session:
        _, secret = register(session, metadata, trusted=metadata.client_id in TRUSTED, at=house.clock())
    return secret


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def settings(stage: Stage, databases: Databases, tmp_path: Path) -> Iterator[Settings]:
    url = databases.create(template=stage.url)
    yield settings_for(url, tmp_path)
    databases.drop(url)


@pytest.fixture
def app(settings: Settings, clock: MovableClock) -> Iterator[FastAPI]:
    app = create_app(settings, clock=clock, rng=Random(2))
    yield app
    app.state.house.database.close()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=ISSUER, follow_redirects=False, client=("127.0.0.1", 50_000)) as client:
        yield client


@pytest.fixture
def house(app: FastAPI) -> House:
    house: House = app.state.house
    return house


@pytest.fixture
def visitor(client: TestClient) -> Visitor:
    return Visitor(client)


@pytest.fixture
def shop(client: TestClient, stage: Stage) -> Product:
    return Product(client, "shop", stage.secrets["shop"], CALLBACK)


@pytest.fixture
def wiki(client: TestClient, stage: Stage) -> Product:
    return Product(client, "wiki", stage.secrets["wiki"], "https://wiki.example/cb", sends_secret_in_body=True)


@pytest.fixture
def feather_app(client: TestClient) -> Product:
    return Product(client, "app", None, "http://127.0.0.1:9000/cb")


@pytest.fixture
def frontend(client: TestClient) -> Product:
    scope = "openid profile email roles offline_access ates people:read people:write administration"
    return Product(client, "frontend", "frontend" * 5, "http://127.0.0.1:8000/callback", scope=scope)


@pytest.fixture
def ada(stage: Stage) -> Member:
    return stage.cast["ada"]


@pytest.fixture
def boss(stage: Stage) -> Member:
    return stage.cast["boss"]


@pytest.fixture
def ann(stage: Stage) -> Member:
    return stage.cast["ann"]


@pytest.fixture
def bob(stage: Stage) -> Member:
    return stage.cast["bob"]
