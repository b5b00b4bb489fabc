"""The way to auth_service: our own access token, the changes feed, the signing keys."""

import ssl
import time
from functools import cache
from typing import Any

import httpx2
from pydantic import BaseModel

from backend.people.replica import Person
from backend.settings import Settings

PATIENCE_SECONDS = 3.0


@cache
def authorities() -> ssl.SSLContext:
    """The certificate authorities of this machine; reading them takes 40 ms, so once."""
    return httpx2.create_ssl_context()


class Changes(BaseModel):
    items: list[Person]
    next: int
    jwks: dict[str, Any] | None = None


class Directory:
    """Raises httpx2.HTTPError, or ValueError for an answer that makes no sense, when auth_service lets us down."""

    def __init__(self, settings: Settings, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.settings = settings
        self.patience_seconds = patience_seconds
        self.token = ""
        self.token_until = 0.0
        self.http = httpx2.Client(
            base_url=settings.auth_service_url,
            timeout=patience_seconds,
            trust_env=False,
            verify=authorities(),
        )

    def close(self) -> None:
        self.http.close()

    def signing_keys(self) -> dict[str, Any]:
        answer = self.http.get("/jwks").raise_for_status().json()
        if not isinstance(answer, dict):
            raise ValueError("the key set is not an object")
        return answer

    def changes(self, after: int, *, wait_seconds: int) -> Changes:
        """What changed after that number; waits so long on the other side when there is nothing."""
        answer = self.ask_for_changes(after, wait_seconds)
        if answer.status_code == 401:
            self.token = ""  # its key was withdrawn, or it is of a former installation: that is no outage
            answer = self.ask_for_changes(after, wait_seconds)
        return Changes.model_validate_json(answer.raise_for_status().content)

    def ask_for_changes(self, after: int, wait_seconds: int) -> httpx2.Response:
        return self.http.get(
            "/people/changes",
            params={"after": after, "wait": wait_seconds},
            headers={"Authorization": f"Bearer {self.access_token()}"},
            timeout=httpx2.Timeout(self.patience_seconds, read=wait_seconds + self.patience_seconds),
        )

    def access_token(self) -> str:
        if not self.token or time.monotonic() >= self.token_until:
            self.fetch_token()
        return self.token

    def fetch_token(self) -> None:
        secret = self.settings.client_secret
        answer = self.http.post(
            "/token",
            data={"grant_type": "client_credentials", "scope": "people:read"},
            auth=(self.settings.client_id, secret.get_secret_value() if secret else ""),
        )
        body = answer.raise_for_status().json()
        self.token = str(body["access_token"])
        self.token_until = time.monotonic() + float(body.get("expires_in", 300)) - 30
