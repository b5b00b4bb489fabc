"""GET /jwks: the public halves of the next, the current and the retiring keys (RFC 7517 section 5)."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from auth_service.house import house_of

router = APIRouter()

HEADERS = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


@router.get("/jwks", response_class=Response)
async def jwks(request: Request) -> Response:
    keyring = house_of(request).keyring
    known = keyring.jwks_bytes() if keyring.is_fresh() else await run_in_threadpool(keyring.jwks_bytes)
    return Response(known, media_type="application/json", headers=HEADERS)
