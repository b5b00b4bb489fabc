"""Which language a visitor reads: what the product asked for, what they chose here, what their browser says."""

import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from auth_service.languages.catalogue import ENGLISH, NAMES

COOKIE = "language"
COOKIE_LIFE_SECONDS = 400 * 24 * 3600  # as long as browsers keep any cookie
ACCEPTED = re.compile(r"\s*([A-Za-z-]{1,35}|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


def language_of(request: Request) -> str:
    """`ui_locales` is in the query, or was found in the form by whoever read it (OpenID Connect Core 3.1.2.1)."""
    asked = getattr(request.state, "ui_locales", None) or request.query_params.get("ui_locales", "")
    wishes = (asked.split(), [request.cookies.get(COOKIE, "")], accepted(request.headers.get("Accept-Language", "")))
    return next((language for tags in wishes if (language := first_spoken(tags))), ENGLISH)


def own_language_of(request: Request) -> str:
    """The one to write to them in elsewhere: their own choice goes before a product's wish for one page."""
    return first_spoken([request.cookies.get(COOKIE, "")]) or language_of(request)


def first_spoken(tags: Iterable[str]) -> str | None:
    """Of language tags (RFC 5646) in the order of preference, e.g. `ru-RU`."""
    primaries = (tag.partition("-")[0].lower() for tag in tags)
    return next((primary for primary in primaries if primary in NAMES), None)


def accepted(header: str) -> list[str]:
    """RFC 9110 section 12.5.4, the most wanted first."""
    found = [ACCEPTED.fullmatch(part) for part in header[:500].split(",")]
    weighed = [(float(match[2] or 1), match[1]) for match in found if match]
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]


def remember_language(response: Response, language: str, *, is_https: bool) -> None:
    response.set_cookie(
        COOKIE,
        language,
        max_age=COOKIE_LIFE_SECONDS,
        path="/",
        secure=is_https,
        httponly=True,
        samesite="lax",
    )
