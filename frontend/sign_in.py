"""Signing in and out, at the provider: /sign-in leaves for it, /callback comes back, /sign-out ends both sides.

What must be remembered on the way (state, nonce, PKCE verifier, where to return to) travels in a sealed cookie of the
browser that started, so that a callback started elsewhere is worth nothing here (RFC 9700 4.7).
"""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from frontend.errors import Unreachable
from frontend.house import House, house_of
from frontend.pages import back_to
from frontend.provider import Departure, SignInFailed
from frontend.sessions import end_session, forget_the_dead, open_session
from frontend.vault import BrokenSeal
from frontend.visitor import SESSION_COOKIE, session_hash_of, sign_in_path, way_back_within

log = logging.getLogger(__name__)
router = APIRouter()

ON_THE_WAY = "ates_sign_in_"
ON_THE_WAY_FOR = timedelta(minutes=10)
AT_MOST_ON_THE_WAY = 5
TRY_AGAIN_AFTER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    state: str
    nonce: str
    code_verifier: str
    way_back: str
    expires_at: float


@router.get("/sign-in")
def sign_in(request: Request, next: str = "/") -> Response:
    house, way_back = house_of(request), way_back_within(next)
    try:
        departure = house.provider.depart()
    except (Unreachable, SignInFailed) as error:
        log.warning("sign-in is not possible: %s", error)
        return provider_is_away(request, way_back)
    answer = RedirectResponse(departure.url, status_code=303)
    remember(request, answer, departure, way_back)
    return answer


@router.get("/callback")
def callback(request: Request, state: str = "", code: str = "", iss: str = "", error: str = "") -> Response:
    house = house_of(request)
    attempt = remembered(request, state)
    if attempt is None:
        return did_not_work(request, "This sign-in was not started in this browser, or it took too long.")
    if iss and iss != house.settings.issuer:  # RFC 9207
        return did_not_work(request, "The answer came from another sign-in service than ours.")
    if error or not code:
        return did_not_work(request, SAID_NO.get(error, "The sign-in service did not let you in."), attempt)
    try:
        person, tokens = house.provider.redeem(code, nonce=attempt.nonce, code_verifier=attempt.code_verifier)
    except Unreachable:
        return provider_is_away(request, attempt.way_back)
    except SignInFailed as failure:
        log.warning("sign-in failed: %s", failure)
        return did_not_work(request, "The sign-in service's answer could not be verified.", attempt)
    with house.engine.begin() as connection:
        if old := session_hash_of(request):
            end_session(connection, house.session_vault, old)
        forget_the_dead(connection, at=house.clock())
        session_id = open_session(connection, house.session_vault, person, tokens, at=house.clock())
    answer = back_to(attempt.way_back)
    house.cookies.write(answer, SESSION_COOKIE, session_id)
    house.cookies.drop(answer, cookie_of(state))
    return answer


SAID_NO = {
    "access_denied": "You cancelled the sign-in.",
    "temporarily_unavailable": "The sign-in service is busy. Please try again in a moment.",
}


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Over here at once, whatever the provider does; then at the provider, which tells its other products."""
    house, place = house_of(request), session_hash_of(request)
    id_token = None
    if place:
        with house.engine.begin() as connection:
            id_token = end_session(connection, house.session_vault, place)
    answer = back_to(farewell(house, id_token))
    answer.headers["Clear-Site-Data"] = '"cache"'  # or the back button shows the pages of before
    house.cookies.drop(answer, SESSION_COOKIE)
    return answer


def farewell(house: House, id_token: str | None) -> str:
    if id_token is None:
        return "/signed-out"
    try:
        return house.provider.farewell(id_token)
    except (Unreachable, SignInFailed) as error:
        log.warning("signed out here only: %s", error)
        return "/signed-out?here=only"


@router.get("/signed-out")
def signed_out(request: Request, here: str = "") -> Response:
    return house_of(request).pages.show(request, "signed_out.html", {"here_only": here == "only"})


def provider_is_away(request: Request, way_back: str) -> Response:
    """Says so within 300 ms, and the browser tries again by itself."""
    again = sign_in_path(way_back)
    headers = {
        "Refresh": f"{TRY_AGAIN_AFTER_SECONDS}; url={again}",
        "Retry-After": str(TRY_AGAIN_AFTER_SECONDS),
        "Cache-Control": "no-store",
    }
    context = {"again": again, "seconds": TRY_AGAIN_AFTER_SECONDS}
    return house_of(request).pages.show(request, "sign_in_unavailable.html", context, status=503, headers=headers)


def did_not_work(request: Request, sentence: str, attempt: Attempt | None = None) -> Response:
    context = {"sentence": sentence, "again": sign_in_path(attempt.way_back if attempt else "/")}
    answer = house_of(request).pages.show(request, "sign_in_failed.html", context, status=400)
    if attempt:
        house_of(request).cookies.drop(answer, cookie_of(attempt.state))
    return answer


def remember(request: Request, answer: Response, departure: Departure, way_back: str) -> None:
    """One cookie for each attempt, so that two tabs do not spoil each other's; the oldest make room."""
    house = house_of(request)
    expires_at = house.clock() + ON_THE_WAY_FOR
    attempt = Attempt(departure.state, departure.nonce, departure.code_verifier, way_back, expires_at.timestamp())
    name = cookie_of(departure.state)
    sealed = house.cookie_vault.seal_text(json.dumps(asdict(attempt)), place=departure.state)
    house.cookies.write(answer, name, sealed, seconds=int(ON_THE_WAY_FOR.total_seconds()))
    prefix = house.cookies.name(ON_THE_WAY)
    for crowd in [each for each in request.cookies if each.startswith(prefix)][: -AT_MOST_ON_THE_WAY + 1 or None]:
        house.cookies.drop(answer, ON_THE_WAY + crowd.removeprefix(prefix))


def remembered(request: Request, state: str) -> Attempt | None:
    house = house_of(request)
    sealed = house.cookies.read(request, cookie_of(state)) if state else None
    if not sealed:
        return None
    try:
        attempt = Attempt(**json.loads(house.cookie_vault.unseal_text(sealed, place=state)))
    except BrokenSeal:
        return None
    return attempt if is_in_time(attempt, house.clock()) else None


def is_in_time(attempt: Attempt, now: datetime) -> bool:
    return now.timestamp() < attempt.expires_at


def cookie_of(state: str) -> str:
    return ON_THE_WAY + "".join(letter for letter in state[:12] if letter.isalnum())
