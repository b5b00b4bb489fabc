"""GET and POST /userinfo (OpenID Connect Core section 5.3): what the scopes tell about the person, as of now."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from auth_service.house import TheHouse
from auth_service.people.bearer import AnyBearer, InsufficientScope
from auth_service.protocol.claims import claims_about

router = APIRouter()

HEADERS = {"Cache-Control": "no-store"}


@router.get("/userinfo")
def userinfo(bearer: AnyBearer, house: TheHouse) -> JSONResponse:
    bearer.needs("openid")
    if bearer.person is None:
        raise InsufficientScope("openid")  # a product speaks for itself; there is nobody to tell about
    also = bearer.admission.claims_for("userinfo") if bearer.admission else []
    claims: dict[str, Any] = claims_about(bearer.person, bearer.claims["scope"], issuer=house.issuer, also=also)
    return JSONResponse(claims, headers=HEADERS)


@router.post("/userinfo")
def userinfo_by_post(bearer: AnyBearer, house: TheHouse) -> JSONResponse:
    return userinfo(bearer, house)
