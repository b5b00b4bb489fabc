"""A product as tests play it: it asks people to sign in and exchanges what comes back, with nothing but HTTP."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi.testclient import TestClient
from httpx2 import Response

ISSUER = "http://127.0.0.1:8001"
BACKEND = ("backend", "backend-" * 5)
SCOPE = "openid profile email roles offline_access"


def challenge_for(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def query_of(uri: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(uri).query))


def payload_of(token: str) -> dict[str, Any]:
    """Unverified: for looking at what was issued."""
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


@dataclass
class Product:
    client: TestClient
    client_id: str
    secret: str | None
    callback: str
    scope: str = SCOPE
    sends_secret_in_body: bool = False
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    def request(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        usual: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "scope": self.scope,
            "state": "a state",
            "nonce": self.nonce,
            "code_challenge": challenge_for(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def exchange(self, code: str, **changes: str | None) -> Response:
        usual: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": self.verifier,
        }
        return self.token({name: value for name, value in (usual | changes).items() if value is not None})

    def refresh(self, refresh_token: str, scope: str | None = None) -> Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self.token(form | ({"scope": scope} if scope else {}))

    def token(self, form: dict[str, str]) -> Response:
        return self.post("/token", form)

    def post(self, path: str, form: dict[str, str]) -> Response:
        """Authenticated in the way this product was registered with."""
        if self.secret is None:
            return self.client.post(path, data=form | {"client_id": self.client_id})
        if self.sends_secret_in_body:
            return self.client.post(path, data=form | {"client_id": self.client_id, "client_secret": self.secret})
        return self.client.post(path, data=form, auth=(self.client_id, self.secret))
