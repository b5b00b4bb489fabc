"""Opening the house: keys, the demo cast and its file, and when it refuses to open."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from auth_service.app import create_app
from auth_service.demo import CAST
from auth_service.errors import CannotStart
from auth_service.house import House, furnish
from auth_service.keys.signing_key import SigningKey
from auth_service.migrations import migrate
from auth_service.opening import open_house
from auth_service.people.person import Person
from auth_service.settings import Settings, load_settings
from auth_service.tests.conftest import settings_for
from auth_service.tests.product import Product
from auth_service.tests.visitor import Visitor
from conftest import Databases

pytestmark = pytest.mark.thorough


@pytest.fixture
def empty(databases: Databases, tmp_path: Path) -> Settings:
    url = databases.create()
    migrate(url)
    return settings_for(url, tmp_path).model_copy(update={"demo": True})


def opened(settings: Settings, *, seed: int = 3) -> House:
    house = furnish(settings, rng=Random(seed))
    try:
        open_house(house)
    finally:
        house.database.close()
    return house


def people(settings: Settings) -> list[Person]:
    house = furnish(settings)
    with house.database.reading() as session:
        found = list(session.scalars(select(Person).order_by(Person.change)))
    house.database.close()
    return found


def test_the_demo_cast_appears_where_there_is_nobody(empty: Settings) -> None:
    opened(empty)
    listed = json.loads((empty.var / "demo.json").read_text())
    assert [(person["name"], person["role"]) for person in listed] == [(name, str(role)) for name, role in CAST]
    assert [person["role"] for person in listed].count("worker") == 10
    assert {"name", "email", "role", "beak_shape"} == set(listed[0])
    assert stat.S_IMODE((empty.var / "demo.json").stat().st_mode) == 0o600
    app = create_app(empty)
    with TestClient(app) as client:
        for person in listed:
            answer = client.post("/login", json={"beak_shape": person["beak_shape"]})
            assert answer.json()["role"] == person["role"]


def test_a_second_opening_changes_nothing(empty: Settings) -> None:
    opened(empty)
    before = (empty.var / "demo.json").read_text()
    opened(empty)
    assert (empty.var / "demo.json").read_text() == before
    assert len(people(empty)) == len(CAST)


def test_a_lost_demo_file_is_made_anew_with_new_beaks(empty: Settings) -> None:
    opened(empty)
    before = json.loads((empty.var / "demo.json").read_text())
    (empty.var / "demo.json").unlink()
    opened(empty, seed=4)
    after = json.loads((empty.var / "demo.json").read_text())
    assert [person["email"] for person in after] == [person["email"] for person in before]
    assert not {person["beak_shape"] for person in after} & {person["beak_shape"] for person in before}


def test_the_sign_in_page_lists_the_cast_and_one_click_signs_in(empty: Settings) -> None:
    opened(empty)
    listed = json.loads((empty.var / "demo.json").read_text())
    with TestClient(create_app(empty), base_url=empty.issuer, follow_redirects=False) as client:
        frontend = Product(client, "frontend", "frontend" * 5, "http://127.0.0.1:8000/callback")
        visitor = Visitor(client)
        page = visitor.opens(frontend)
        assert all(person["name"] in page.text and person["beak_shape"] in page.text for person in listed)
        assert visitor.signs_in(page, listed[0]["beak_shape"]).status_code == 303


def test_no_beak_is_shown_on_an_installation_that_is_no_demo(visitor: Visitor, shop: Product) -> None:
    assert "BEAK-" not in visitor.opens(shop).text


def test_demo_people_and_a_https_issuer_do_not_go_together(empty: Settings) -> None:
    opened(empty)
    for demo in (True, False):
        public = empty.model_copy(update={"issuer": "https://id.example", "demo": demo})
        with pytest.raises(CannotStart, match="demo people"):
            opened(public)


def test_several_processes_may_open_at_once(empty: Settings) -> None:
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(opened, [empty] * 3))
    assert len(people(empty)) == len(CAST)
    house = furnish(empty)
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SigningKey)) == 6
    house.database.close()


def test_a_database_that_is_not_migrated_is_a_sentence(databases: Databases, tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="auth-service migrate"):
        opened(settings_for(databases.create(), tmp_path))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("AUTH_SERVICE_SECRET", None, "AUTH_SERVICE_SECRET must be set"),
        ("AUTH_SERVICE_SECRET", "short", "at least 32 characters"),
        ("AUTH_SERVICE_ISSUER", "http://id.example", "plain http issuer is allowed on loopback only"),
        ("AUTH_SERVICE_ISSUER", "https://id.example/auth", "must be an origin"),
        ("AUTH_SERVICE_FRONTEND_SECRET", "f" * 40, "AUTH_SERVICE_FRONTEND_URL is needed"),
        ("AUTH_SERVICE_PORT", "eighty", "AUTH_SERVICE_PORT"),
    ],
)
def test_a_wrong_setting_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, sentence: str
) -> None:
    monkeypatch.setenv("AUTH_SERVICE_SECRET", "s" * 40)
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises(CannotStart, match=sentence) as refusal:
        load_settings()
    assert "s" * 40 not in str(refusal.value)


def test_settings_come_from_the_environment_then_from_the_house_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "house.env").write_text(f"AUTH_SERVICE_SECRET={'h' * 40}\nAUTH_SERVICE_PORT=18001\nBACKEND_X=1\n")
    monkeypatch.setenv("ATES_VAR", str(tmp_path))
    settings = load_settings()
    assert settings.issuer == "http://127.0.0.1:18001"
    assert settings.database_url == f"sqlite:///{tmp_path}/auth_service.db"
    monkeypatch.setenv("AUTH_SERVICE_PORT", "18002")
    monkeypatch.setenv("AUTH_SERVICE_DATABASE_URL", "postgresql://a:b@db/ates")
    settings = load_settings()
    assert settings.port == 18002
    assert settings.database_url == "postgresql+psycopg://a:b@db/ates"
