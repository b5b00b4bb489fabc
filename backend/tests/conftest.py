"""The cast and the stage: a migrated database copied for each test, one issuer for all of them."""

import os
import random
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend import database
from backend.app import create_app
from backend.migrations import migrate
from backend.settings import Settings
from backend.tests.aborts import every_nth_commit_fails
from backend.tests.company import Company, HandClock, Popug
from backend.tests.issuer import Issuer
from conftest import Databases


@pytest.fixture(scope="session", autouse=True)
def injected_aborts() -> Iterator[None]:
    """TEST_ABORTS=3: every third transaction is asked to run again, and PostgreSQL is at SERIALIZABLE."""
    with every_nth_commit_fails(int(os.environ["TEST_ABORTS"])) if "TEST_ABORTS" in os.environ else nullcontext():
        yield


@pytest.fixture(scope="session", autouse=True)
def as_shipped() -> Iterator[tuple[str, ...]]:
    """Nobody waits for the disk, as on the throw-away PostgreSQL: what is committed outlives the process all the same.
    Tells how SQLite is set up outside of tests."""
    shipped = database.SQLITE
    hurried = tuple(each for each in shipped if not each.startswith("synchronous"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "SQLITE", (*hurried, "synchronous = OFF"))
        yield shipped


@pytest.fixture(scope="session")
def issuer_for_all() -> Iterator[Issuer]:
    issuer = Issuer()
    issuer.start()
    yield issuer
    issuer.stop()


@pytest.fixture
def issuer(issuer_for_all: Issuer) -> Issuer:
    issuer_for_all.forget()
    return issuer_for_all


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    url = databases.create()
    migrate(url)
    return url


@pytest.fixture
def database_url(databases: Databases, migrated: str) -> Iterator[str]:
    url = databases.create(migrated)
    yield url
    databases.drop(url)


@pytest.fixture
def settings(database_url: str, issuer: Issuer, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        issuer=issuer.url,
        client_secret="a secret for tests only",
        jwks_file=tmp_path / "jwks.json",
        mail_folder=tmp_path / "mail",
    )


@pytest.fixture
def company(settings: Settings, issuer: Issuer) -> Iterator[Company]:
    clock = HandClock()
    app = create_app(settings, clock=clock, dice=random.Random(7))
    with TestClient(app, client=("127.0.0.1", 50000), raise_server_exceptions=False) as client:
        yield Company(app, client, issuer, clock)


@pytest.fixture
def ann(company: Company) -> Popug:
    return company.hire("Ann Aracari")


@pytest.fixture
def bob(company: Company) -> Popug:
    return company.hire("Bob Budgerigar")


@pytest.fixture
def boss(company: Company) -> Popug:
    return company.hire("Boss Macaw", "manager")


@pytest.fixture
def penny(company: Company) -> Popug:
    """The accountant."""
    return company.hire("Penny Parakeet", "accountant")


@pytest.fixture
def chief(company: Company) -> Popug:
    """The admin."""
    return company.hire("Chief Cockatoo", "admin")
