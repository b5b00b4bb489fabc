"""GET /jwks: the public halves of the next, the current and the retiring keys (RFC 7517 section 5)."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from auth_service.house import house_of

router = APIRouter()


async def jwks(request: Request) -> Response:
    keyring = house_of(request).keyring
    document = keyring.document() if keyring.is_fresh() else await run_in_threadpool(keyring.document)
    return document.answer(request)


router.add_route("/jwks", jwks, methods=["GET"])
