"""The cookie that a signed-in browser holds, and the check that a form came from our own page."""

from fastapi import Request, Response

from auth_service.errors import CrossSiteRequest
from auth_service.house import house_of
from auth_service.languages.sentence import Sentence
from auth_service.sessions.browser_session import ABSOLUTE
from auth_service.settings import Settings
from auth_service.throttle.caller import device_cookie_name
from auth_service.throttle.device import with_person

DEVICE_LIFE_SECONDS = 400 * 24 * 3600  # as long as browsers keep any cookie


def cookie_name(settings: Settings) -> str:
    return "__Host-beak" if settings.is_https else "beak"  # plain http on loopback can not set __Host-


def cookie_of(request: Request) -> str | None:
    return request.cookies.get(cookie_name(house_of(request).settings))


def set_cookie(response: Response, secret: str, settings: Settings) -> None:
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, settings: Settings) -> None:
    response.delete_cookie(cookie_name(settings), path="/", secure=settings.is_https, httponly=True, samesite="lax")


def remember_device(request: Request, response: Response, person_id: str) -> None:
    """So that wrong tries from elsewhere can not lock this person out here."""
    house = house_of(request)
    name = device_cookie_name(house.settings)
    response.set_cookie(
        name,
        with_person(request.cookies.get(name), person_id, house.keys.device),
        max_age=DEVICE_LIFE_SECONDS,
        path="/",
        secure=house.settings.is_https,
        httponly=True,
        samesite="lax",
    )


def refuse_other_sites(request: Request) -> None:
    """For forms of our own pages. Raises CrossSiteRequest."""
    site = request.headers.get("Sec-Fetch-Site")
    ours = site == "same-origin" or (site is None and request.headers.get("Origin") == house_of(request).issuer)
    if not ours:
        raise CrossSiteRequest(Sentence("Go back to the page you came from, reload it, and try again."))


async def own_page_only(request: Request) -> None:
    """The same as a dependency."""
    refuse_other_sites(request)
