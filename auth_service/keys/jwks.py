"""GET /jwks: the public halves of the next, the current and the retiring keys (RFC 7517 section 5)."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from auth_service.house import house_of

router = APIRouter()


@router.get("/jwks")
def jwks(request: Request) -> JSONResponse:
    keys = dict(house_of(request).keyring.jwks())
    return JSONResponse(keys, headers={"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"})
