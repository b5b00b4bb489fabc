"""Our side of OpenID Connect: Authlib's client, bound to the one provider this house trusts.

PKCE S256, state and nonce on every request; the ID token is verified here, with the provider's keys and one algorithm.
Browsers are sent to the issuer; calls from server to server go to where the issuer is reached from here.
"""

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.integrations.base_client import BaseApp, OAuthError
from authlib.integrations.base_client.sync_app import OAuth2Mixin
from authlib.integrations.base_client.sync_openid import OpenIDMixin
from authlib.integrations.httpx_client import OAuth2Client
from joserfc.errors import JoseError

from frontend.clock import Clock
from frontend.errors import SignInNeeded, Unreachable
from frontend.sessions import Person, Tokens
from frontend.settings import Settings
from frontend.token_header import ALGORITHM, NotASaneToken, header_of

PEOPLE_SCOPE = "people:read people:write administration"
SCOPE = f"openid profile email roles offline_access ates {PEOPLE_SCOPE}"
DISCOVERY = "/.well-known/openid-configuration"
PROBE = httpx2.Timeout(0.2, connect=0.08)  # sign-in says within 300 ms that the provider is down
CALL = httpx2.Timeout(2.5, connect=0.5)
RENEWAL = httpx2.Timeout(1.0, connect=0.3)  # on the way of a page, which has 2.5 s in all
KEYS_AT_MOST_EVERY_SECONDS = 30
LEEWAY_SECONDS = 10


class SignInFailed(Exception):
    """The provider said no, or what it said can not be believed."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.code = code  # of RFC 6749, when the provider gave one


class GrantIsOver(Exception):
    """The refresh token is dead: the person signed out, was dismissed, changed role, or moulted."""


class ScopeRefused(Exception):
    """The person may not have a token for that."""


REFRESH_REFUSALS = {"invalid_grant": GrantIsOver, "invalid_scope": ScopeRefused}


@dataclass(frozen=True, slots=True)
class Departure:
    """Where to send the browser, and what must be remembered until it comes back."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Renewal:
    access_token: str
    expires_at: datetime
    refresh_token: str | None


class AuthlibApp(OAuth2Mixin, OpenIDMixin, BaseApp):
    """Authlib's synchronous client on httpx2; discovery and keys are fetched by the Provider."""

    client_cls: Any = OAuth2Client
    provider: "Provider"

    def load_server_metadata(self) -> dict[str, Any]:
        return self.provider.metadata()

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        return self.provider.keys(unknown_kid=force, of_provider=True)


class Provider:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.redirect_uri = f"{settings.public_url}/callback"
        kwargs: dict[str, Any] = {"timeout": CALL, "verify": ssl.create_default_context(), "trust_env": False}
        self.http = httpx2.Client(**kwargs)
        new_app: Any = AuthlibApp  # Authlib carries no types
        self._app = new_app(
            framework=None,
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            authorize_params={"scope": SCOPE},  # in client_kwargs it would be sent at each refresh as well
            client_kwargs={"code_challenge_method": "S256", **kwargs},
        )
        self._app.provider = self
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """What was learnt of the provider; it is asked again when needed."""
        self._metadata: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._keys_fetched = -float(KEYS_AT_MOST_EVERY_SECONDS)

    def discover(self) -> dict[str, Any]:
        """Asks for the metadata anew: the proof that the provider is there. Raises Unreachable, SignInFailed."""
        try:
            answer = self.http.get(self.settings.auth_service_url + DISCOVERY, timeout=PROBE)
            answer.raise_for_status()
            metadata = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unreachable("auth_service") from error
        if metadata.get("issuer") != self.settings.issuer:  # OpenID Connect Discovery 4.3
            raise SignInFailed(f"the provider calls itself {metadata.get('issuer')!r}")
        metadata["id_token_signing_alg_values_supported"] = [ALGORITHM]  # nothing else is believed
        for name in ("token_endpoint", "jwks_uri"):
            metadata[name] = self._from_here(metadata[name])
        self._metadata = metadata
        return self._metadata

    def metadata(self) -> dict[str, Any]:
        return self._metadata or self.discover()

    def depart(self) -> Departure:
        self.discover()
        plan = self._app.create_authorization_url(self.redirect_uri)
        return Departure(url=plan["url"], state=plan["state"], nonce=plan["nonce"], code_verifier=plan["code_verifier"])

    def redeem(self, code: str, *, nonce: str, code_verifier: str) -> tuple[Person, Tokens]:
        """Raises SignInFailed, Unreachable."""
        token = self._ask(
            lambda: self._app.fetch_access_token(
                redirect_uri=self.redirect_uri, code=code, code_verifier=code_verifier, grant_type="authorization_code"
            )
        )
        if "id_token" not in token:
            raise SignInFailed("the provider sent no ID token")
        claims = self._believe(token, nonce)
        return person_of(claims), self._tokens_of(token)

    def renew(self, refresh_token: str, *, scope: str | None = None) -> Renewal:
        """A fresh access token; with a scope, one narrowed to it. Raises GrantIsOver, ScopeRefused, Unreachable."""
        narrowed = {"scope": scope} if scope else {}
        try:
            token = self._ask(
                lambda: self._app.fetch_access_token(
                    grant_type="refresh_token", refresh_token=refresh_token, timeout=RENEWAL, **narrowed
                )
            )
        except SignInFailed as error:
            raise REFRESH_REFUSALS.get(error.code, SignInNeeded) from error
        return Renewal(token["access_token"], self._expiry(token), token.get("refresh_token"))

    def farewell(self, id_token: str) -> str:
        """Where the browser signs out of the provider itself (RP-initiated logout). Raises Unreachable."""
        self.discover()
        plan = self._app.create_logout_url(
            post_logout_redirect_uri=f"{self.settings.public_url}/signed-out",
            id_token_hint=id_token,
            client_id=self.settings.client_id,
        )
        return str(plan["url"])

    def keys(self, *, unknown_kid: bool = False, of_provider: bool = False) -> dict[str, Any]:
        """The provider's public keys; asked for again when a kid is unknown, at most every 30 s. Raises Unreachable.

        `of_provider`: the token came from its own token endpoint, so the kid is no stranger's and is asked for.
        """
        uri = self.metadata()["jwks_uri"]
        with self._lock:
            due = time.monotonic() - self._keys_fetched >= KEYS_AT_MOST_EVERY_SECONDS
            if not self._keys or (unknown_kid and (due or of_provider)):
                self._keys_fetched = time.monotonic()
                self._keys = self._fetch_keys(uri)
            return self._keys

    def _fetch_keys(self, uri: str) -> dict[str, Any]:
        try:
            answer = self.http.get(uri)
            answer.raise_for_status()
            keys: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Unreachable("auth_service") from error
        return keys

    def _believe(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        """OpenID Connect Core 3.1.3.7, by Authlib; ours to say is which issuer and which audience."""
        only_ours = {"iss": {"essential": True, "value": self.settings.issuer}, "sub": {"essential": True}}
        try:
            if str(header_of(str(token["id_token"])).get("typ", "JWT")).upper() != "JWT":
                raise SignInFailed("the ID token says that it is something else")
            claims: dict[str, Any] = self._app.parse_id_token(
                token, nonce, claims_options=only_ours, leeway=LEEWAY_SECONDS
            )
        except (NotASaneToken, JoseError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise SignInFailed(f"the ID token is not to be believed: {error}") from error
        if claims["aud"] not in (self.settings.client_id, [self.settings.client_id]):
            raise SignInFailed("the ID token is for somebody else as well")
        return claims

    def _ask(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return call()
        except OAuthError as error:
            raise SignInFailed(f"{error.error}: {error.description}", code=str(error.error)) from error
        except (httpx2.HTTPError, ValueError) as error:
            raise Unreachable("auth_service") from error

    def _tokens_of(self, token: dict[str, Any]) -> Tokens:
        return Tokens(
            access_token=token["access_token"],
            access_expires_at=self._expiry(token),
            refresh_token=token.get("refresh_token"),
            id_token=token["id_token"],
        )

    def _expiry(self, token: dict[str, Any]) -> datetime:
        return self.clock() + timedelta(seconds=int(token.get("expires_in", 60)))

    def _from_here(self, url: str) -> str:
        if not url.startswith(self.settings.issuer):
            raise SignInFailed(f"the provider names an endpoint elsewhere: {url}")
        return self.settings.auth_service_url + url.removeprefix(self.settings.issuer)


def person_of(claims: dict[str, Any]) -> Person:
    version = parse_qs(urlsplit(str(claims.get("picture", ""))).query).get("v", ["1"])[0]
    return Person(
        id=str(claims["sub"]),
        name=str(claims.get("name") or claims["sub"]),
        role=str(claims.get("role", "worker")),
        version=int(version) if version.isdecimal() else 1,
        sid=str(claims.get("sid", "")),
    )
