"""The trail, read: page by page, and as a table for a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from auth_service.administration.admin import ACCESS_TOKEN, Admin, problems
from auth_service.administration.trail_query import Filters, TheFilters, TrailItem, items
from auth_service.database import Reading
from auth_service.house import House, TheHouse
from auth_service.paging import MOST, USUAL, as_moment, as_text, cursor, row_at

router = APIRouter(tags=["trail"], dependencies=[ACCESS_TOKEN], responses=problems())

COLUMNS = (
    *("at", "what", "by_id", "by_name", "whom_id", "whom_name", "client_id", "client_name"),
    *("address", "device", "details"),
)
ROWS_AT_ONCE = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
HEADERS = {"Content-Disposition": 'attachment; filename="trail.csv"', "Cache-Control": "no-store"}


class TrailPage(BaseModel):
    items: list[TrailItem]
    next: str | None


@router.get("/trail", summary="Who did what to whom, the newest first")
def trail(
    _: Admin,
    session: Reading,
    house: TheHouse,
    wanted: TheFilters,
    after: Annotated[str | None, Query(max_length=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = USUAL,
) -> TrailPage:
    place = row_at(house.keys.cursor, "trail", after)
    query = wanted.query((as_moment(place[0]), place[1]) if place else None)
    found = session.scalars(query.limit(limit + 1)).all()
    page = found[:limit]
    row = [as_text(page[-1].at), page[-1].id] if len(found) > limit else None
    return TrailPage(items=list(items(session, page)), next=cursor(house.keys.cursor, "trail", row) if row else None)


@router.get(
    "/trail.csv",
    summary="The same as a table",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
def trail_as_table(_: Admin, house: TheHouse, wanted: TheFilters) -> StreamingResponse:
    """Streamed, however long. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    return StreamingResponse(lines(house, wanted), media_type="text/csv; charset=utf-8", headers=HEADERS)


def lines(house: House, wanted: Filters) -> Iterator[str]:
    """A short transaction for each part, so that a slow reader holds nothing up; what was read can not change."""
    yield written([COLUMNS])
    after = None
    while True:
        with house.database.reading() as session:
            entries = session.scalars(wanted.query(after).limit(ROWS_AT_ONCE)).all()
            part = written([row(item) for item in items(session, entries)])
        yield part
        if len(entries) < ROWS_AT_ONCE:
            return
        after = (entries[-1].at, entries[-1].id)


def row(item: TrailItem) -> tuple[str, ...]:
    by = item.by.model_dump() if item.by else {}
    whom = item.whom.model_dump() if item.whom else {}
    product = item.product.model_dump() if item.product else {}
    details = json.dumps(item.details, ensure_ascii=False) if item.details else ""
    return (
        item.at.isoformat(),
        item.what,
        *(by.values() or ("", "")),
        *(whom.values() or ("", "")),
        *(product.values() or ("", "")),
        item.address or "",
        item.device or "",
        details,
    )


def written(rows: list[tuple[str, ...]]) -> str:
    table = io.StringIO()
    csv.writer(table).writerows([neutralised(cell) for cell in row] for row in rows)
    return table.getvalue()


def neutralised(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
