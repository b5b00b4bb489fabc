"""auth_service as the contract promises it, over real HTTP: it lets in whoever the test names, and can misbehave."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send

from frontend.tests.cast import ANN, Popug
from frontend.tests.fake_administration import FakeAdministration

CLIENT_SECRET = "the-frontend-proves-itself-with-this"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Grant:
    person: Popug
    sid: str
    nonce: str = ""
    challenge: str = ""


@dataclass
class FakeProvider:
    issuer: str
    now: Callable[[], float] = time.time
    at_the_door: Popug = ANN
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig"}))

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        self.at_the_door = ANN
        self.grants: dict[str, Grant] = {}  # by code
        self.families: dict[str, Grant] = {}  # by refresh token
        self.bearers: dict[str, tuple[Popug, str]] = {}  # person and scope by access token
        self.renewals: list[str] = []  # scopes asked for
        self.key_fetches = 0
        self.lasts_seconds = 300
        self.id_token_changes: dict[str, Any] = {}
        self.signs_with = self.key
        self.calls_itself = self.issuer
        self.delay_seconds = 0.0
        self.fails_with: int | None = None
        self.renews_with: int | None = None
        self.refuses_scopes = False
        self.asked: list[dict[str, str]] = []
        self.administration = FakeAdministration(self.issuer, bearers=self.bearers)
        self.roster = self.administration.roster

    # -- tokens --

    def sign(self, claims: dict[str, Any], *, typ: str = "JWT", key: RSAKey | None = None, **header: Any) -> str:
        key = key or self.signs_with
        return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key, default_type=typ)

    def logout_token(self, **changes: Any) -> str:
        """A logout token; `typ`, `key` and header names aside, each keyword changes a claim, None removes it."""
        typ, key = changes.pop("typ", "logout+jwt"), changes.pop("key", None)
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": "frontend",
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "events": {LOGOUT_EVENT: {}},
            **changes,
        }
        return self.sign({name: value for name, value in claims.items() if value is not None}, typ=typ, key=key)

    def id_token(self, grant: Grant, access_token: str) -> str:
        now = int(self.now())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "sub": grant.person.id,
            "aud": "frontend",
            "exp": now + 600,
            "iat": now,
            "auth_time": now,
            "nonce": grant.nonce,
            "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
            "sid": grant.sid,
            "name": grant.person.name,
            "picture": f"{self.issuer}/people/{grant.person.id}/portrait.svg?v=3",
            "role": grant.person.role,
            "roles": [grant.person.role],
            **self.id_token_changes,
        }
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def issue(self, grant: Grant, scope: str) -> dict[str, Any]:
        access, refresh = f"at-{secrets.token_hex(8)}", f"rt-{secrets.token_hex(8)}"
        self.bearers[access] = (grant.person, scope)
        self.families[refresh] = grant
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.lasts_seconds,
            "refresh_token": refresh,
            "scope": scope,
        }

    # -- endpoints --

    def discovery(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.calls_itself,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/sign-out",
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
            }
        )

    def jwks(self, _request: Request) -> Response:
        self.key_fetches += 1
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = secrets.token_hex(8)
        self.grants[code] = Grant(self.at_the_door, f"sid-{code}", asked["nonce"], asked["code_challenge"])
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=303)

    async def token(self, request: Request) -> Response:
        form = dict(await request.form())
        if request.headers.get("Authorization") != basic("frontend", CLIENT_SECRET):
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if form["grant_type"] == "refresh_token":
            return self.refresh(str(form["refresh_token"]), str(form.get("scope", "")))
        grant = self.grants.pop(str(form.get("code")), None)
        verifier = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        if grant is None or grant.challenge != base64.urlsafe_b64encode(verifier).decode().rstrip("="):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        tokens = self.issue(grant, "ates")
        return JSONResponse({**tokens, "id_token": self.id_token(grant, tokens["access_token"])})

    def refresh(self, refresh_token: str, scope: str) -> Response:
        with self.lock:
            self.renewals.append(scope)
            if self.renews_with:
                return Response(status_code=self.renews_with)
            grant = self.families.get(refresh_token)
            if grant is None:
                return JSONResponse({"error": "invalid_grant"}, status_code=400)
            if "people:" in scope and (self.refuses_scopes or grant.person.role != "admin"):
                return JSONResponse({"error": "invalid_scope"}, status_code=400)
            del self.families[refresh_token]
            return JSONResponse(self.issue(grant, scope or "ates"))

    def end_session(self, request: Request) -> Response:
        back = request.query_params["post_logout_redirect_uri"]
        return RedirectResponse(f"{back}?{urlencode({'state': request.query_params['state']})}", status_code=303)

    def portrait(self, request: Request) -> Response:
        if request.path_params["id"] not in self.roster:
            return Response(status_code=404)
        picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'
        return Response(picture, media_type="image/svg+xml")

    async def administer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Router(routes=self.administration.routes())(scope, receive, send)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.patient(self.discovery)),
                Route("/jwks", self.patient(self.jwks)),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/sign-out", self.end_session),
                Route("/people/{id}/portrait.svg", self.patient(self.portrait)),
                Mount("/", app=self.administer),
            ],
        )

    def patient(self, endpoint: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            time.sleep(self.delay_seconds)
            return Response(status_code=self.fails_with) if self.fails_with else endpoint(request)

        return answer


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()
