"""Portraits, fetched from auth_service and kept, so that pages need no image of another origin."""

import re
from collections import OrderedDict
from threading import Lock

import httpx2
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from frontend.edge import FOREVER
from frontend.house import house_of

router = APIRouter()

AN_ID = re.compile(r"[0-9a-fA-F-]{32,36}")
AT_MOST = 2_000
PATIENCE = httpx2.Timeout(1.0, connect=0.3)
NOTHING_BUT_A_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
NOBODY = b""
SILHOUETTE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#d8dbe2"/>'
    b'<path fill="#9aa1b0" d="M18 58V30c0-11 7-18 16-18 8 0 13 5 13 12 6 0 9 4 7 12-3-4-6-5-9-4-1 9-5 14-5 26z"/></svg>'
)


class Portraits:
    """The newest few thousand pictures, by person and version; a version never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = Lock()

    def find(self, name: tuple[str, str]) -> bytes | None:
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def keep(self, name: tuple[str, str], picture: bytes) -> None:
        with self._lock:
            self._kept[name] = picture
            while len(self._kept) > AT_MOST:
                self._kept.popitem(last=False)


@router.get("/portraits/{person_id}.svg")
def portrait(request: Request, person_id: str, v: str = "") -> Response:
    """The picture for good; a silhouette for now while auth_service is away, and with a 404 for nobody it knows."""
    portraits: Portraits = request.app.state.portraits
    version = v if v.isdecimal() and len(v) < 10 else ""
    picture = portraits.find((person_id, version)) or fetch(request, person_id, version)
    if picture is None:
        return drawn(SILHOUETTE, "no-store")
    if picture == NOBODY:
        return drawn(SILHOUETTE, "public, max-age=300", status=404)
    portraits.keep((person_id, version), picture)
    return drawn(picture, FOREVER if version else "public, max-age=300")


def fetch(request: Request, person_id: str, version: str) -> bytes | None:
    if not AN_ID.fullmatch(person_id):
        raise HTTPException(404)
    house = house_of(request)
    url = f"{house.auth_service.base_url}/people/{person_id}/portrait.svg"
    try:
        answer = house.http.get(url, params={"v": version} if version else {}, timeout=PATIENCE)
    except httpx2.HTTPError:
        return None
    if answer.status_code == 404:
        return NOBODY
    is_picture = answer.is_success and answer.headers.get("Content-Type", "").startswith("image/svg+xml")
    return answer.content if is_picture else None


def drawn(picture: bytes, caching: str, *, status: int = 200) -> Response:
    headers = {"Cache-Control": caching, "Content-Security-Policy": NOTHING_BUT_A_PICTURE}
    return Response(picture, status, media_type="image/svg+xml", headers=headers)
