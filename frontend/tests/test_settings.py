"""Settings, from the environment and the data folder."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from frontend.settings import NotConfigured, Settings

ENOUGH: dict[str, Any] = {"secret": SecretStr("s" * 32), "client_secret": SecretStr("c")}


def test_places_follow_from_each_other() -> None:
    settings = Settings(port=8123, issuer="https://id.example", **ENOUGH)
    assert settings.public_url == "http://127.0.0.1:8123"
    assert settings.auth_service_url == "https://id.example"
    assert Settings(public_url="https://ates.example/", **ENOUGH).public_url == "https://ates.example"


def test_a_missing_secret_is_named_and_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        NotConfigured, match=r"FRONTEND_SECRET is not set.*secrets.token_urlsafe.*FRONTEND_CLIENT_SECRET"
    ):
        Settings.load()
    monkeypatch.setenv("FRONTEND_SECRET", "short")
    monkeypatch.setenv("FRONTEND_CLIENT_SECRET", "c")
    with pytest.raises(NotConfigured, match="FRONTEND_SECRET is wrong"):
        Settings.load()


def test_the_environment_comes_before_the_house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = ["FRONTEND_SECRET=" + "s" * 32, "FRONTEND_CLIENT_SECRET=c", "FRONTEND_PORT=8100", "BACKEND_PORT=1"]
    (tmp_path / "house.env").write_text("\n".join(lines))
    monkeypatch.setenv("ATES_VAR", str(tmp_path))
    assert Settings.load().port == 8100
    assert Settings.load().database_url == f"sqlite:///{tmp_path / 'frontend.db'}"
    monkeypatch.setenv("FRONTEND_PORT", "8200")
    assert Settings.load().port == 8200


def test_plain_http_is_for_this_machine_only() -> None:
    with pytest.raises(ValidationError, match="must start with https://"):
        Settings(public_url="http://ates.example", **ENOUGH)


def test_postgresql_gets_its_driver() -> None:
    assert Settings(database_url="postgresql://h/d", **ENOUGH).database_url == "postgresql+psycopg://h/d"


def test_secrets_do_not_show() -> None:
    assert "ssss" not in repr(Settings(**ENOUGH))
