"""What can be set from outside, and what is said when it makes no sense."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from backend.settings import Settings


def test_the_environment_wins_over_the_houses_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "house.env").write_text("BACKEND_PORT=9000\nBACKEND_CLIENT_SECRET=from-file\nFRONTEND_PORT=1\n")
    monkeypatch.setenv("ATES_VAR", str(tmp_path))
    monkeypatch.setenv("BACKEND_PORT", "9001")
    settings = Settings.load()
    assert settings.port == 9001
    assert settings.client_secret
    assert settings.client_secret.get_secret_value() == "from-file"
    assert settings.database_url == f"sqlite:///{tmp_path}/backend.db"
    assert (settings.mail_folder, settings.jwks_file) == (tmp_path / "mail", tmp_path / "backend-jwks.json")


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(Settings(client_secret="hush", smtp_password="hush"))


def test_postgresql_is_reached_by_psycopg_3() -> None:
    assert Settings(database_url="postgresql://u@h/d").database_url == "postgresql+psycopg://u@h/d"


def test_auth_service_is_at_the_issuer_unless_told_otherwise() -> None:
    assert Settings(issuer="https://id.example").auth_service_url == "https://id.example"
    assert (
        Settings(issuer="https://id.example", auth_service_url="http://auth:8001").auth_service_url
        == "http://auth:8001"
    )


def test_roles_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKEND_ASSIGNABLE_ROLES", "worker, manager")
    assert Settings().assignable_roles == ("worker", "manager")


@pytest.mark.parametrize(
    "wrong", [{"time_zone": "Mars/Olympus"}, {"closing_hour": 24}, {"assignable_roles": "parrot"}, {"port": "perch"}]
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
