"""GET and POST /userinfo (OpenID Connect Core section 5.3): what the scopes tell about the person, as of now."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from auth_service.errors import Refused
from auth_service.house import House, TheHouse
from auth_service.people.bearer import AnyBearer, Bearer, InsufficientScope, bearer_of, bearer_with
from auth_service.protocol.claims import claims_about
from auth_service.protocol.messages import TheRequest

router = APIRouter()

HEADERS = {"Cache-Control": "no-store"}


class TokenGivenTwice(Refused):
    title = "The access token was given in two ways"
    headers = {"WWW-Authenticate": 'Bearer realm="aTES", error="invalid_request"'}


@router.get("/userinfo")
def userinfo(bearer: AnyBearer, house: TheHouse) -> JSONResponse:
    return told(bearer, house)


@router.post("/userinfo")
def userinfo_by_post(request: Request, asked: TheRequest, house: TheHouse) -> JSONResponse:
    """The token comes in the header, or in the form (RFC 6750 section 2.2)."""
    in_form = asked.fields.get("access_token")
    if in_form is None:
        return told(bearer_of(request), house)
    if "Authorization" in request.headers or asked.fields.repeated():
        raise TokenGivenTwice
    return told(bearer_with(in_form, house), house)


def told(bearer: Bearer, house: House) -> JSONResponse:
    bearer.needs("openid")
    if bearer.person is None:
        raise InsufficientScope("openid")  # a product speaks for itself; there is nobody to tell about
    also = bearer.admission.claims_for("userinfo") if bearer.admission else []
    claims: dict[str, Any] = claims_about(bearer.person, bearer.claims["scope"], issuer=house.issuer, also=also)
    return JSONResponse(claims, headers=HEADERS)
