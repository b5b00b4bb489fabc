"""What an installation decides, read once at the start from the environment and `$ATES_VAR/house.env`."""

import ipaddress
import os
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from auth_service.errors import CannotStart

REPOSITORY = Path(__file__).resolve().parent.parent
LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


def default_folder() -> Path:
    return Path(os.environ.get("ATES_VAR") or "var")


class Settings(BaseSettings):
    """Each field is the environment variable `AUTH_SERVICE_<FIELD>`; `var` alone is shared and called `ATES_VAR`."""

    model_config = SettingsConfigDict(
        env_prefix="AUTH_SERVICE_", frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    var: Path = Field(default_factory=default_folder, validation_alias="ATES_VAR")
    host: str = "127.0.0.1"
    port: int = 8001
    issuer: str = Field(default_factory=lambda known: f"http://127.0.0.1:{known['port']}")
    database_url: str = Field(default_factory=lambda known: f"sqlite:///{known['var'] / 'auth_service.db'}")
    secret: SecretStr = Field(min_length=32)
    demo: bool = False
    time_zone: str = "Europe/Moscow"  # in which the pages tell the time
    frontend_url: str | None = None
    frontend_internal_url: str | None = None
    frontend_secret: SecretStr | None = Field(default=None, min_length=32)
    backend_secret: SecretStr | None = Field(default=None, min_length=32)
    # Where logout notices may go besides the public internet; a developer's products live on loopback.
    callback_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        default_factory=lambda known: LOOPBACK if known.get("issuer", "").startswith("http:") else ()
    )
    key_rotation_days: int = Field(default=90, ge=0)  # 0: by command only
    templates: Path = REPOSITORY / "templates"
    beak_hash_memory_kib: int = Field(default=19_456, ge=8)  # Argon2id; OWASP's first choice with two passes

    @field_validator("database_url")
    @classmethod
    def name_the_driver(cls, url: str) -> str:
        return "postgresql+psycopg://" + url.removeprefix("postgresql://") if url.startswith("postgresql://") else url

    @field_validator("time_zone")
    @classmethod
    def time_zone_is_known(cls, time_zone: str) -> str:
        try:
            ZoneInfo(time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("This is no time zone of the IANA database, such as Europe/Moscow.") from error
        return time_zone

    @field_validator("callback_networks", mode="before")
    @classmethod
    def networks_are_words(cls, networks: Any) -> Any:
        return tuple(networks.split()) if isinstance(networks, str) else networks

    @field_validator("issuer")
    @classmethod
    def issuer_is_an_origin(cls, issuer: str) -> str:
        parts = urlsplit(issuer.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
            raise ValueError("The issuer must be an origin such as https://id.example.org, without a path.")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("A plain http issuer is allowed on loopback only; use https.")
        return issuer.rstrip("/")

    @model_validator(mode="after")
    def own_product_needs_both(self) -> Self:
        if self.frontend_secret and not self.frontend_url:
            raise ValueError("AUTH_SERVICE_FRONTEND_SECRET is set, so AUTH_SERVICE_FRONTEND_URL is needed as well.")
        return self

    @property
    def key_rotation_every(self) -> timedelta | None:
        return timedelta(days=self.key_rotation_days) or None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_https(self) -> bool:
        return self.issuer.startswith("https:")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings() -> Settings:
    """Settings of this process. Raises CannotStart with a sentence for whoever starts it."""
    house = default_folder() / "house.env"
    sources: dict[str, Any] = {"_env_file": house} if house.is_file() else {}
    try:
        return Settings(**sources)
    except ValidationError as error:
        raise CannotStart("\n".join(explain(problem) for problem in error.errors())) from None


def explain(problem: Any) -> str:
    name = "AUTH_SERVICE_" + ".".join(str(part) for part in problem["loc"]).upper()
    if name.endswith("SECRET"):
        return (
            f"{name} must be set to a secret of at least 32 characters. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return f"{name}: {problem['msg'].removeprefix('Value error, ')}" if problem["loc"] else problem["msg"]
