"""/livez, /readyz and /metrics."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from auth_service.errors import NotFound
from auth_service.house import TheHouse
from auth_service.people.change import last_change
from auth_service.settings import is_loopback

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def livez() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
def readyz(house: TheHouse) -> Response:
    try:
        with house.database.reading() as session:
            last_change(session)
    except SQLAlchemyError:
        detail = "The database does not answer or is not migrated; see auth-service migrate."
        return JSONResponse({"status": "unavailable", "detail": detail}, status_code=503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """For a collector beside us; a stranger is told that there is nothing."""
    if request.client is None or not is_loopback(request.client.host):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
