"""A relying party written by hand after the specifications: discovery, requests with PKCE, validation of what comes."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
from httpx2 import Response
from joserfc import jwt
from joserfc.jwk import Key, KeySet

from auth_service.tests.conformance.browser import Browser, Person, asks_for_consent, asks_to_sign_in

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EVERYTHING = "openid profile email roles offline_access"


class Provider:
    """What a client knows of the provider: its discovery document and its keys."""

    def __init__(self, issuer: str, transport: httpx2.BaseTransport) -> None:
        self.issuer, self.transport = issuer, transport
        self.http = httpx2.Client(transport=transport)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        document: dict[str, Any] = self.http.get(f"{self.issuer}/.well-known/openid-configuration").json()
        return document

    def at(self, endpoint: str) -> str:
        uri: str = self.metadata[f"{endpoint}_endpoint"]
        return uri

    def keys(self) -> KeySet:
        return KeySet.import_key_set(self.http.get(self.metadata["jwks_uri"]).json())

    def new_browser(self) -> Browser:
        return Browser(self.issuer, self.transport)


@dataclass(frozen=True)
class Attempt:
    """One authorization request, and what its sender has to remember until the answer comes."""

    url: str
    parameters: dict[str, str]
    verifier: str


@dataclass(frozen=True)
class Tokens:
    answer: Response
    id_claims: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.answer.json()[name]

    @property
    def access_token(self) -> str:
        return str(self["access_token"])


@dataclass
class RelyingParty:
    provider: Provider
    client_id: str
    redirect_uri: str = ""
    secret: str | None = None
    method: str = "client_secret_basic"
    algorithm: str = "RS256"
    key: Key | None = None
    scope: str = EVERYTHING
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = self.provider.http

    # --- asking -------------------------------------------------------------------------------------------------------

    def attempt(self, **changes: str | None) -> Attempt:
        """An authorization request as specified; each keyword changes a parameter, None leaves it out."""
        verifier = secrets.token_urlsafe(48)
        usual: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": secrets.token_urlsafe(8),
            "nonce": secrets.token_urlsafe(8),
            "code_challenge": base64url(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        parameters = {name: value for name, value in (usual | changes).items() if value is not None}
        return Attempt(f"{self.provider.at('authorization')}?{urlencode(parameters)}", parameters, verifier)

    def sends(self, browser: Browser, **changes: str | None) -> Response:
        return browser.opens(self.attempt(**changes).url)

    def error_of(self, browser: Browser, **changes: str | None) -> str:
        attempt = self.attempt(**changes)
        return self.validated(browser.opens(attempt.url), attempt)["error"]

    def comes_back(self, browser: Browser, person: Person, attempt: Attempt) -> dict[str, str]:
        """All the way: signs in where asked, allows where asked, and is sent back."""
        answer = browser.opens(attempt.url)
        if asks_to_sign_in(answer):
            answer = browser.signs_in(answer, person)
        if asks_for_consent(answer):
            answer = browser.decides(answer, "allow")
        return self.validated(answer, attempt)

    def validated(self, answer: Response, attempt: Attempt) -> dict[str, str]:
        """The authorization response (RFC 6749 section 4.1.2, RFC 9207 section 2.4, RFC 9700 section 4.12)."""
        assert answer.status_code == 303, f"{answer.status_code} {answer.text[:500]}"
        location = answer.headers["Location"]
        target = attempt.parameters.get("redirect_uri", self.redirect_uri)
        assert location.startswith(target + ("&" if urlsplit(target).query else "?")), location
        response = dict(parse_qsl(urlsplit(location).query))
        assert response.get("state") == attempt.parameters.get("state")
        assert response["iss"] == self.provider.metadata["issuer"]
        return response

    # --- redeeming ----------------------------------------------------------------------------------------------------

    def code_for(self, person: Person, browser: Browser | None = None, **changes: str | None) -> tuple[str, Attempt]:
        attempt = self.attempt(**changes)
        return self.comes_back(browser or self.provider.new_browser(), person, attempt)["code"], attempt

    def redeem(self, code: str, attempt: Attempt, **changes: str | None) -> Response:
        usual: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.parameters.get("redirect_uri"),
            "code_verifier": attempt.verifier,
        }
        return self.asks("token", {name: value for name, value in (usual | changes).items() if value is not None})

    def refresh(self, refresh_token: str, **more: str) -> Response:
        return self.asks("token", {"grant_type": "refresh_token", "refresh_token": refresh_token, **more})

    def asks(self, endpoint: str, form: dict[str, str]) -> Response:
        """Authenticated in the way it was registered with (RFC 6749 section 2.3, Core section 9)."""
        url = self.provider.at(endpoint)
        if self.method == "client_secret_basic":
            return self.http.post(url, data=form, auth=(self.client_id, self.secret or ""))
        return self.http.post(url, data=form | self.proof())

    def proof(self) -> dict[str, str]:
        if self.method == "private_key_jwt":
            return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        named = {"client_id": self.client_id}
        return named | {"client_secret": self.secret} if self.secret else named

    def assertion(self, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """RFC 7523 section 3; each keyword changes a claim, None leaves it out."""
        now = int(time.time())
        claims = {"iss": self.client_id, "sub": self.client_id, "aud": self.provider.issuer, "iat": now}
        claims |= {"exp": now + 60, "jti": secrets.token_urlsafe(12)} | changes
        given = {name: value for name, value in claims.items() if value is not None}
        assert self.key
        return jwt.encode({"alg": "ES256"} | (header or {}), given, self.key)

    def tokens_for(self, person: Person, browser: Browser | None = None, **changes: str | None) -> Tokens:
        code, attempt = self.code_for(person, browser, **changes)
        answer = self.redeem(code, attempt)
        assert answer.status_code == 200, answer.text
        claims = self.verified(answer.json()["id_token"], nonce=attempt.parameters.get("nonce"))
        return Tokens(answer, claims)

    def verified(self, id_token: str, *, nonce: str | None) -> dict[str, Any]:
        """The claims of an ID token that stands all of OpenID Connect Core section 3.1.3.7."""
        token = jwt.decode(id_token, self.provider.keys(), algorithms=[self.algorithm])
        now = time.time()
        assert token.claims["iss"] == self.provider.metadata["issuer"]
        assert token.claims["aud"] in (self.client_id, [self.client_id])
        assert token.claims.get("azp", self.client_id) == self.client_id
        assert token.header["alg"] == self.algorithm
        assert now < token.claims["exp"]
        assert abs(now - token.claims["iat"]) < 30
        assert token.claims.get("nonce") == nonce
        return dict(token.claims)

    # --- telling ------------------------------------------------------------------------------------------------------

    def userinfo(self, access_token: str) -> Response:
        return self.http.get(self.provider.at("userinfo"), headers=bearer(access_token))

    def introspected(self, token: str) -> dict[str, Any]:
        answer = self.asks("introspection", {"token": token})
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def sign_out_url(self, **parameters: str) -> str:
        return f"{self.provider.at('end_session')}?{urlencode(parameters)}"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def header_of(token: str) -> dict[str, Any]:
    return part_of(token, 0)


def claims_of(token: str) -> dict[str, Any]:
    """Unverified: for looking at what a token says."""
    return part_of(token, 1)


def part_of(token: str, place: int) -> dict[str, Any]:
    part = token.split(".")[place]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def parameters_of(location: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(location).query))
