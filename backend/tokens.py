"""The strict token module (RFC 9068, RFC 8725): the only place that calls python-jose, which is lenient by itself.

Says whether a string is an access token that our issuer signed for us. Whether it is still good is for identity.py.
"""

import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any, NewType
from uuid import UUID

from jose import jwt
from jose.exceptions import JOSEError
from jose.utils import base64url_decode

from backend.key_set import KeySet, SigningKey

LONGEST_TOKEN = 8192
REMEMBERED = 10_000
LONGEST_LIFE_SECONDS = 3600  # tokens of ours live for five minutes
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
FORBIDDEN_HEADERS = {"crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"}
AUDIENCE = "backend"
CLOCKS_MAY_DIFFER_SECONDS = 60

UnixTime = NewType("UnixTime", int)


class InvalidTokenError(Exception):
    """Why, for our log; the caller is told nothing but that it is invalid."""


@dataclass(frozen=True)
class AccessToken:
    subject: str
    scopes: frozenset[str]
    role: str | None
    version: int | None
    valid_from: UnixTime  # the later of when it was issued and its nbf
    expires_at: UnixTime

    @property
    def person_id(self) -> UUID | None:
        """None for a token that stands for a program."""
        try:
            return UUID(self.subject) if self.role is not None and self.version is not None else None
        except ValueError:
            return None


class TokenReader:
    """Verifies a token once and remembers it, until the keys change."""

    def __init__(self, keys: KeySet, issuer: str) -> None:
        self.keys = keys
        self.issuer = issuer
        self.remembered: dict[bytes, AccessToken] = {}
        self.generation = 0

    def read(self, text: str, now: UnixTime) -> AccessToken:
        """Raises InvalidTokenError. Expired tokens are read like others: `expires_at` tells."""
        if len(text) > LONGEST_TOKEN:
            raise InvalidTokenError("longer than any token of ours")
        known = self.recall(text)
        if known is None:
            known = self.verify(text)
            self.remember(digest_of(text), known)
        if known.valid_from > now + CLOCKS_MAY_DIFFER_SECONDS:
            raise InvalidTokenError("not valid yet")
        return known

    def recall(self, text: str) -> AccessToken | None:
        """A token that was verified with the keys of now."""
        return self.remembered.get(digest_of(text)) if self.generation == self.keys.generation else None

    def remember(self, digest: bytes, token: AccessToken) -> None:
        if self.generation != self.keys.generation or len(self.remembered) >= REMEMBERED:
            self.remembered = {}
            self.generation = self.keys.generation
        self.remembered[digest] = token

    def verify(self, text: str) -> AccessToken:
        key = self.key_for(read_header(text))
        try:
            claims = jwt.decode(
                text,
                key.key,
                algorithms=[key.algorithm],
                audience=AUDIENCE,
                issuer=self.issuer,
                options={
                    "verify_exp": False,  # times: whole numbers in as_access_token, and compared with our own
                    "verify_iat": False,  # clock by read() and identity.py
                    "verify_nbf": False,
                    **{f"require_{claim}": True for claim in ("aud", "iss", "sub", "jti")},
                },
            )
        except (JOSEError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise InvalidTokenError(str(error)) from error
        return as_access_token(claims)

    def key_for(self, header: dict[str, Any]) -> SigningKey:
        if str(header.get("typ", "")).lower().removeprefix("application/") != "at+jwt":
            raise InvalidTokenError("not an access token")
        if FORBIDDEN_HEADERS & header.keys():
            raise InvalidTokenError("a header that is not allowed")
        kid = header.get("kid")
        key = self.keys.find(kid) if isinstance(kid, str) and len(kid) <= 200 else None
        if key is None:
            raise InvalidTokenError("signed with a key that is not known")
        if header.get("alg") != key.algorithm:
            raise InvalidTokenError("an algorithm that is not this key's")
        return key


def digest_of(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()


def read_header(text: str) -> dict[str, Any]:
    if not COMPACT.fullmatch(text):
        raise InvalidTokenError("not a signed token in compact form")
    try:
        header = json.loads(base64url_decode(text.split(".")[0].encode()))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise InvalidTokenError("a header that can not be read") from error
    if not isinstance(header, dict):
        raise InvalidTokenError("a header that is no object")
    return header


def as_access_token(claims: dict[str, Any]) -> AccessToken:
    """Checks the types that jose lets pass."""
    if claims.get("aud") != AUDIENCE or not claims["sub"]:
        raise InvalidTokenError("not for us alone, or about nobody")
    scope, role, version = claims.get("scope"), claims.get("role"), claims.get("ver")
    if not isinstance(scope, str):
        raise InvalidTokenError("no scope")
    if not isinstance(role, str | None) or not (version is None or is_integer(version)):
        raise InvalidTokenError("role or version of the wrong type")
    issued_at, expires_at = instant(claims, "iat"), instant(claims, "exp")
    if expires_at - issued_at > LONGEST_LIFE_SECONDS:
        raise InvalidTokenError("lives longer than any token of ours")
    return AccessToken(
        claims["sub"],
        frozenset(scope.split()),
        role,
        version,
        max(issued_at, instant(claims, "nbf") if "nbf" in claims else issued_at),
        expires_at,
    )


def instant(claims: dict[str, Any], name: str) -> UnixTime:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidTokenError(f"{name} is no whole number")
    return UnixTime(value)


def is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
