"""Pages of long lists by keyset: a cursor names the last row of the page before, and only we can make one."""

import base64
import hmac
import json
from collections.abc import Sequence
from datetime import datetime

from auth_service.errors import InvalidInput
from auth_service.keys.derivation import keyed

SEAL_BYTES = 12
MOST = 200
USUAL = 50


def cursor(key: bytes, listing: str, row: Sequence[str]) -> str:
    """`listing` names the list that it belongs to; it is no good for another one."""
    place = json.dumps(list(row)).encode()
    return base64.urlsafe_b64encode(seal(key, listing, place) + place).decode().rstrip("=")


def row_at(key: bytes, listing: str, text: str | None) -> list[str] | None:
    """Where to go on; None at the beginning. Raises InvalidInput for a cursor that is not ours."""
    if text is None:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise not_ours() from None
    if not hmac.compare_digest(raw[:SEAL_BYTES], seal(key, listing, raw[SEAL_BYTES:])):
        raise not_ours()
    row: list[str] = json.loads(raw[SEAL_BYTES:])
    return row


def seal(key: bytes, listing: str, place: bytes) -> bytes:
    return keyed(key, listing, place.hex())[:SEAL_BYTES]


def not_ours() -> InvalidInput:
    message = "is not a cursor of ours; take it from `next` of the page before"
    return InvalidInput([{"field": "after", "message": message}])


def as_text(moment: datetime) -> str:
    return moment.isoformat()


def as_moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
