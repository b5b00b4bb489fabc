"""Hearing from the provider that a session is over (OpenID Connect Back-Channel Logout 1.0).

Whoever calls this can only do what a signed logout token says, once: signature, issuer, audience, age, the event, and
no nonce, checked in the order of section 2.6. Anything else is 400.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from sqlalchemy import Column, Connection, String, Table, delete
from sqlalchemy.exc import IntegrityError
from starlette.responses import JSONResponse, Response

from frontend.database import UtcTime, metadata
from frontend.errors import Unreachable
from frontend.house import House, house_of
from frontend.provider import LEEWAY_SECONDS
from frontend.sessions import end_sessions_of
from frontend.token_header import ALGORITHM, NotASaneToken, header_of

log = logging.getLogger(__name__)
router = APIRouter()

EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLDEST = timedelta(minutes=5)
YEAR_3000 = 32_503_680_000

heard_logouts = Table(
    "heard_logout",
    metadata,
    Column("jti", String(255), primary_key=True),
    Column("expires_at", UtcTime, nullable=False),
)


class LogoutRefused(Exception):
    """The logout token is not one, or not for us, or not for the first time."""


@dataclass(frozen=True, slots=True)
class Logout:
    jti: str
    sid: str | None
    person_id: str | None
    expires_at: datetime


@router.post("/back-channel-logout")
def back_channel_logout(request: Request, logout_token: Annotated[str, Form()] = "") -> Response:
    house = house_of(request)
    try:
        logout = read_logout_token(house, logout_token)
        with house.engine.begin() as connection:
            hear_once(connection, logout, at=house.clock())
            ended = end_sessions_of(connection, sid=logout.sid, person_id=logout.person_id)
    except LogoutRefused as refusal:
        log.warning("a logout token was refused: %s", refusal)
        body = {"error": "invalid_request", "error_description": str(refusal)}
        return JSONResponse(body, status_code=400, headers={"Cache-Control": "no-store"})
    except Unreachable:
        return Response(status_code=503, headers={"Cache-Control": "no-store", "Retry-After": "5"})
    log.info("the provider ended %s sessions", ended)
    return Response(status_code=200, headers={"Cache-Control": "no-store"})


def read_logout_token(house: House, token: str) -> Logout:
    """Raises LogoutRefused, Unreachable."""
    header, claims = verified(house, token)
    now = house.clock()
    for check in CHECKS:
        check(house, header, claims, now)
    return Logout(
        jti=claims["jti"],
        sid=claims.get("sid"),
        person_id=claims.get("sub"),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def verified(house: House, token: str) -> tuple[Mapping[str, Any], dict[str, Any]]:
    try:
        header = header_of(token)
    except NotASaneToken as reason:
        raise LogoutRefused(str(reason)) from reason
    keys = keys_with(house, header["kid"])
    try:
        decoded = jwt.decode(token, keys, registry=JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False))
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise LogoutRefused("the signature is not the provider's") from error
    return header, decoded.claims


def keys_with(house: House, kid: str) -> KeySet:
    found = [key for key in house.provider.keys()["keys"] if key.get("kid") == kid]
    if not found:
        found = [key for key in house.provider.keys(unknown_kid=True)["keys"] if key.get("kid") == kid]
    if not found:
        raise LogoutRefused("the key is unknown")
    return KeySet.import_key_set({"keys": found})


def check_type(_house: House, header: Mapping[str, Any], _claims: Mapping[str, Any], _now: datetime) -> None:
    if str(header.get("typ", "")).lower() not in ("logout+jwt", "application/logout+jwt"):
        raise LogoutRefused("typ is not logout+jwt")


def check_issuer(house: House, _header: Mapping[str, Any], claims: Mapping[str, Any], _now: datetime) -> None:
    if claims.get("iss") != house.settings.issuer:
        raise LogoutRefused("iss is not our provider")


def check_audience(house: House, _header: Mapping[str, Any], claims: Mapping[str, Any], _now: datetime) -> None:
    audience = claims.get("aud")
    if house.settings.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise LogoutRefused("aud is not us")


def check_age(_house: House, _header: Mapping[str, Any], claims: Mapping[str, Any], now: datetime) -> None:
    issued, expires, leeway = instant(claims, "iat"), instant(claims, "exp"), timedelta(seconds=LEEWAY_SECONDS)
    if expires + leeway <= now:
        raise LogoutRefused("it has expired")
    if not now - OLDEST - leeway <= issued <= now + leeway:
        raise LogoutRefused("it was not issued just now")
    if "nbf" in claims and instant(claims, "nbf") > now + leeway:
        raise LogoutRefused("it is not valid yet")


def check_event(_house: House, _header: Mapping[str, Any], claims: Mapping[str, Any], _now: datetime) -> None:
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise LogoutRefused("events does not name a logout")
    if "nonce" in claims:
        raise LogoutRefused("a logout token has no nonce: this may be an ID token")


def check_subject(_house: House, _header: Mapping[str, Any], claims: Mapping[str, Any], _now: datetime) -> None:
    jti, named = claims.get("jti"), [claims[name] for name in ("sid", "sub") if name in claims]
    if not isinstance(jti, str) or not 0 < len(jti) <= 255:
        raise LogoutRefused("jti is missing")
    if not named or not all(isinstance(each, str) and each for each in named):
        raise LogoutRefused("neither sid nor sub says whose session it was")


CHECKS = (check_type, check_issuer, check_audience, check_age, check_event, check_subject)


def instant(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < YEAR_3000:
        raise LogoutRefused(f"{name} is not a time")
    return datetime.fromtimestamp(value, UTC)


def hear_once(connection: Connection, logout: Logout, *, at: datetime) -> None:
    connection.execute(delete(heard_logouts).where(heard_logouts.c.expires_at < at - OLDEST))
    try:
        connection.execute(heard_logouts.insert().values(jti=logout.jti, expires_at=logout.expires_at))
    except IntegrityError as error:
        raise LogoutRefused("it was heard before") from error
