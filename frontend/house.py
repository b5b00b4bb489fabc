"""What the rooms share while the service runs, made once from the settings."""

import ssl
from dataclasses import dataclass
from typing import Self, cast

import httpx2
from fastapi import Request
from sqlalchemy import Engine

from frontend.clock import Clock, system_clock
from frontend.cookies import CookieJar
from frontend.database import open_engine
from frontend.neighbour import Neighbour
from frontend.pages import Pages
from frontend.provider import Provider
from frontend.settings import Settings
from frontend.tokens import TokenKeeper
from frontend.vault import Vault


@dataclass(frozen=True, slots=True)
class House:
    settings: Settings
    clock: Clock
    engine: Engine
    http: httpx2.Client
    backend: Neighbour
    auth_service: Neighbour
    provider: Provider
    tokens: TokenKeeper
    session_vault: Vault
    cookie_vault: Vault
    cookies: CookieJar
    pages: Pages

    @classmethod
    def build(cls, settings: Settings, clock: Clock = system_clock) -> Self:
        secret = settings.secret.get_secret_value()
        engine, provider = open_engine(settings.database_url), Provider(settings, clock)
        http = httpx2.Client(
            verify=ssl.create_default_context(),
            trust_env=False,
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=3),
        )
        session_vault = Vault(secret, label="sessions")
        return cls(
            settings=settings,
            clock=clock,
            engine=engine,
            http=http,
            backend=Neighbour("backend", settings.backend_url.rstrip("/"), http),
            auth_service=Neighbour("auth_service", settings.auth_service_url, http),
            provider=provider,
            tokens=TokenKeeper(engine, session_vault, provider, clock),
            session_vault=session_vault,
            cookie_vault=Vault(secret, label="cookies"),
            cookies=CookieJar(settings.is_https),
            pages=Pages(settings.templates, clock),
        )

    def close(self) -> None:
        self.http.close()
        self.provider.http.close()
        self.engine.dispose()


def house_of(request: Request) -> House:
    return cast(House, request.app.state.house)
