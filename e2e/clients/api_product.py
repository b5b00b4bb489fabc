"""An API that takes access tokens. Run it: CALLERS="client-id another" uvicorn api_product:app --port 9001"""

import os
import time
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER, CALLERS = os.environ["ISSUER"], os.environ["CALLERS"].split()
FETCH_AT_MOST_EVERY_SECONDS = 30
EXPECTED = jwt.JWTClaimsRegistry(
    leeway=30,
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": ISSUER},
    client_id={"essential": True, "values": CALLERS},  # whose tokens: without this, any product's token would do
    exp={"essential": True},
    sub={"essential": True},
    scope={"essential": True},
)


class Keys:
    """The provider's, kept; fetched again when a token names one that we do not know, which happens at a rotation."""

    def __init__(self) -> None:
        self.known = KeySet([])
        self.fetched_at = float("-inf")

    def verify(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self.known, algorithms=["ES256"])
        except InvalidKeyIdError:
            if time.monotonic() - self.fetched_at < FETCH_AT_MOST_EVERY_SECONDS:
                raise  # whoever sends invented key ids must not make us fetch each time
            self.fetched_at = time.monotonic()
            self.known = KeySet.import_key_set(httpx2.get(f"{ISSUER}/jwks", timeout=3).raise_for_status().json())
            return jwt.decode(token, self.known, algorithms=["ES256"])


keys = Keys()


def claims_of(request: Request) -> dict[str, Any]:
    """Raises JoseError or ValueError."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise ValueError("no access token")
    token = keys.verify(text)
    if token.header.get("typ") != "at+jwt":
        raise ValueError("not an access token")
    EXPECTED.validate(token.claims)
    return token.claims


def seeds(request: Request) -> Response:
    try:
        claims = claims_of(request)
    except (JoseError, ValueError):
        return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    # claims["role"] is there when a person is behind it; a product that speaks for itself has sub == client_id
    return JSONResponse({"seeds": 42, "asked_by": claims["sub"]})


app = Starlette(routes=[Route("/seeds", seeds)])
