"""GET and POST /userinfo (OpenID Connect Core section 5.3): what the scopes tell about the person, as of now."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from auth_service.errors import Refused
from auth_service.house import House
from auth_service.keys.tokens import IDENTITY, issue
from auth_service.people.bearer import Bearer, InsufficientScope, bearer_of, bearer_with
from auth_service.protocol.claims import claims_about
from auth_service.protocol.messages import ProtocolRequest, endpoint

router = APIRouter(include_in_schema=False)

HEADERS = {"Cache-Control": "no-store"}


class TokenGivenTwice(Refused):
    title = "The access token was given in two ways"
    headers = {"WWW-Authenticate": 'Bearer realm="aTES", error="invalid_request"'}


@endpoint(router, "GET", "/userinfo")
def userinfo(request: Request, _: ProtocolRequest, house: House) -> Response:
    return told(bearer_of(request), house)


@endpoint(router, "POST", "/userinfo")
def userinfo_by_post(request: Request, asked: ProtocolRequest, house: House) -> Response:
    """The token comes in the header, or in the form (RFC 6750 section 2.2)."""
    in_form = asked.fields.get("access_token")
    if in_form is None:
        return told(bearer_of(request), house)
    if "Authorization" in request.headers or asked.fields.repeated():
        raise TokenGivenTwice
    return told(bearer_with(in_form, house), house)


def told(bearer: Bearer, house: House) -> Response:
    bearer.needs("openid")
    if bearer.person is None:
        raise InsufficientScope("openid")  # a product speaks for itself; there is nobody to tell about
    also = bearer.admission.claims_for("userinfo") if bearer.admission else []
    claims = claims_about(bearer.person, bearer.claims["scope"], issuer=house.issuer, also=also)
    algorithm = bearer.userinfo_algorithm
    if algorithm is None:
        return Response(orjson.dumps(claims), media_type="application/json", headers=HEADERS)
    return Response(signed(claims, bearer, algorithm, house), media_type="application/jwt", headers=HEADERS)


def signed(claims: dict[str, Any], bearer: Bearer, algorithm: str, house: House) -> str:
    """A JWT that can be taken for nothing else: without dates it is no token of ours (section 5.3.2)."""
    about = claims | {"iss": house.issuer, "aud": bearer.claims["client_id"]}
    return issue(about, signer=house.keyring.signer(algorithm), typ=IDENTITY)
