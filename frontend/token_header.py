"""What a signed token says of itself, looked at before anything in it is believed (RFC 8725 section 3)."""

import base64
import json
import re
from typing import Any

LONGEST = 8192
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
NOT_HEEDED = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})
ALGORITHM = "RS256"  # what we registered


class NotASaneToken(Exception):
    """The message is for the log."""


def header_of(token: str) -> dict[str, Any]:
    """Of a token in compact form that names a key of ours and gives no further instructions. Raises NotASaneToken."""
    if len(token) > LONGEST or not COMPACT.fullmatch(token):
        raise NotASaneToken("it is not a signed token of a sane length")
    try:
        part = token.split(".")[0]
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError) as error:
        raise NotASaneToken("its header can not be read") from error
    if not isinstance(header, dict) or not isinstance(header.get("kid"), str):
        raise NotASaneToken("its header names no key")
    if header.get("alg") != ALGORITHM or NOT_HEEDED & header.keys():
        raise NotASaneToken(f"only {ALGORITHM} without further instructions is accepted")
    return header
