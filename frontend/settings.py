"""What can be set from outside, each with the prefix FRONTEND_: the environment first, then house.env."""

import os
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HOW_TO_MAKE_ONE = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotConfigured(Exception):
    """A sentence that says which variable is missing or wrong, and what to do about it."""


def data_folder() -> Path:
    return Path(os.environ.get("ATES_VAR", "var"))


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FRONTEND_", frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = Field(default_factory=lambda: f"sqlite:///{data_folder() / 'frontend.db'}")
    public_url: str = ""  # what people type; http://127.0.0.1:{port} when empty
    secret: SecretStr = Field(min_length=32)  # seals the tokens in the sessions
    issuer: str = "http://127.0.0.1:8001"
    auth_service_url: str = ""  # where to reach the issuer from here; the issuer itself when empty
    client_id: str = "frontend"
    client_secret: SecretStr
    backend_url: str = "http://127.0.0.1:8002"
    templates: Path = Path(__file__).parent.parent / "templates"

    @classmethod
    def load(cls) -> Self:
        """From the environment and the installation's house.env. Raises NotConfigured."""
        env_file = data_folder() / "house.env"
        try:
            return cls(_env_file=env_file if env_file.is_file() else None)
        except ValidationError as error:
            raise NotConfigured(" ".join(sentence(dict(each)) for each in error.errors())) from None

    @model_validator(mode="before")
    @classmethod
    def fill_in_places(cls, values: dict[str, object]) -> dict[str, object]:
        port = values.get("port", cls.model_fields["port"].default)
        values["public_url"] = str(values.get("public_url") or f"http://127.0.0.1:{port}").rstrip("/")
        issuer = values.get("issuer", cls.model_fields["issuer"].default)
        values["auth_service_url"] = str(values.get("auth_service_url") or issuer).rstrip("/")
        return values

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        return url.replace("postgresql://", "postgresql+psycopg://", 1) if url.startswith("postgresql://") else url

    @field_validator("public_url")
    @classmethod
    def be_safe_in_public(cls, url: str) -> str:
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
            raise ValueError("must start with https:// everywhere but on this machine itself")
        return url

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def sentence(error: dict[str, object]) -> str:
    place = error["loc"]
    name = f"FRONTEND_{place[0]}".upper() if isinstance(place, tuple) and place else "FRONTEND_*"
    if error["type"] == "missing":
        file = data_folder() / "house.env"
        return f"{name} is not set. Set it in the environment or in {file}; make a value with: {HOW_TO_MAKE_ONE}"
    return f"{name} is wrong: {error['msg']}."
