"""What can be set from outside, each named BACKEND_…: the environment first, then house.env in the data folder."""

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backend.business_day import Calendar

LANGUAGES = ("en", "ru")
ROLES = ("worker", "manager", "accountant", "admin")


def data_folder() -> Path:
    return Path(os.environ.get("ATES_VAR", "var"))


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="BACKEND_", frozen=True, extra="ignore")

    database_url: str = Field(default_factory=lambda: f"sqlite:///{data_folder() / 'backend.db'}")
    host: str = "127.0.0.1"
    port: int = 8002
    issuer: str = "http://127.0.0.1:8001"
    auth_service_url: str = ""  # where to reach the issuer from here; the issuer itself when empty
    client_id: str = "backend"
    client_secret: SecretStr | None = None
    jwks_file: Path = Field(default_factory=lambda: data_folder() / "backend-jwks.json")
    time_zone: str = "Europe/Moscow"
    closing_hour: int = Field(default=0, ge=0, le=23)
    frontend_url: str = "http://127.0.0.1:8000"
    assignable_roles: Annotated[tuple[str, ...], NoDecode] = ("worker", "accountant")
    language: Literal["en", "ru"] = "en"  # of letters to people whose language nobody told us
    demo: bool = False
    templates: Path = Path(__file__).parent.parent / "templates"
    mail_folder: Path = Field(default_factory=lambda: data_folder() / "mail")
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    smtp_from: str = "aTES <ates@uberpopug.example>"
    smtp_starttls: bool = False

    @classmethod
    def load(cls) -> Self:
        """From the environment and the installation's house.env; raises pydantic.ValidationError."""
        env_file = data_folder() / "house.env"
        return cls(_env_file=env_file if env_file.is_file() else None)

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url

    @field_validator("time_zone")
    @classmethod
    def know_the_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{name} is not the name of a time zone, such as Europe/Lisbon") from error
        return name

    @field_validator("assignable_roles", mode="before")
    @classmethod
    def split_roles(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("assignable_roles")
    @classmethod
    def know_the_roles(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        if strangers := sorted(set(roles) - set(ROLES)):
            raise ValueError(f"no such role: {', '.join(strangers)}; there are {', '.join(ROLES)}")
        return roles

    @model_validator(mode="before")
    @classmethod
    def reach_the_issuer(cls, values: dict[str, object]) -> dict[str, object]:
        if not values.get("auth_service_url"):
            values["auth_service_url"] = values.get("issuer", cls.model_fields["issuer"].default)
        return values

    @property
    def calendar(self) -> Calendar:
        return Calendar(ZoneInfo(self.time_zone), time(self.closing_hour))
