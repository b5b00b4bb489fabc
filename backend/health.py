"""/livez, /readyz, /metrics: for those who look after the house."""

import ipaddress
import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.database import reading
from backend.errors import NotFound
from backend.house import House
from backend.migrations import is_current
from backend.tasks.task import task

log = logging.getLogger(__name__)
router = APIRouter()


@router.get("/livez")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    """503 until the tables are there and answer; for a demonstration, until its history is there too."""
    try:
        reason = what_is_missing(request.app.state.house)
    except SQLAlchemyError:
        log.warning("not ready", exc_info=True)
        reason = "the database does not answer"
    return JSONResponse({"status": reason or "ok"}, status_code=503 if reason else 200)


def what_is_missing(house: House) -> str | None:
    if not is_current(house.engine):
        return "the database is not migrated"
    if house.settings.demo:
        with reading(house.engine) as connection:
            if connection.scalar(select(task.c.id).limit(1)) is None:
                return "the demo history is not written yet"
    return None


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    if not request.client or not is_loopback(request.client.host):
        raise NotFound("There is no such page.")
    return Response(generate_latest(request.app.state.registry), media_type=CONTENT_TYPE_LATEST)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
