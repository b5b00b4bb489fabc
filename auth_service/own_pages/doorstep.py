"""The doorstep: who you are here, and our own sign-in, which leads to own pages only."""

from collections.abc import Mapping

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from auth_service.database import Reading
from auth_service.errors import Refused
from auth_service.house import House, TheHouse
from auth_service.languages.choice import own_language_of
from auth_service.own_pages.visitor import HOME, MOULTING, OWN_PAGES, visitor_of
from auth_service.pages import show
from auth_service.people.language import note_language
from auth_service.people.login import BeakNotRecognised, recognise
from auth_service.protocol.authorization import SIGN_INS
from auth_service.protocol.messages import TheRequest
from auth_service.sessions.browser_session import session_of
from auth_service.sessions.signing_in import signed_in
from auth_service.sign_in.cookie import cookie_of, own_page_only, remember_device, set_cookie
from auth_service.sign_in.page import show_sign_in
from auth_service.sign_in.shaping import beak_in, wants_redraw
from auth_service.throttle.caller import caller_of
from auth_service.throttle.throttle import TooManyTries
from auth_service.trail.doer import Doer

router = APIRouter(include_in_schema=False)

OURSELVES = "UberPopug"


@router.get(HOME)
def doorstep(request: Request, session: Reading, house: TheHouse) -> Response:
    visitor = visitor_of(request, session)
    context = {
        "person": visitor and {"name": visitor.person.name, "role": visitor.person.role},
        "picture": visitor and visitor.person.picture(house.issuer),
        "frontend_url": house.settings.frontend_url,
    }
    return show(request, "doorstep.html", context)


@router.get("/sign-in")
def ask(request: Request, session: Reading, house: TheHouse) -> Response:
    """Whoever is signed in already goes on, but for a page that wants the beak shown anew."""
    wanted = own_page(request.query_params)
    visitor = visitor_of(request, session)
    if visitor and (wanted != MOULTING or visitor.is_fresh(house.clock())):
        return RedirectResponse(wanted, status_code=303)
    return ask_again(request, {"next": wanted})


@router.post("/session", dependencies=[Depends(own_page_only)])
def sign_in(request: Request, asked_for: TheRequest, house: TheHouse) -> Response:
    form = asked_for.form
    if wants_redraw(form):
        return ask_again(request, form, shaping=True)
    try:
        person, _ = recognise(beak_in(form), house, caller_of(request))
    except (BeakNotRecognised, TooManyTries) as refusal:
        SIGN_INS.labels("throttled" if isinstance(refusal, TooManyTries) else "refused").inc()
        return ask_again(request, form, refusal=refusal, shaping="beak_shape" not in form)
    SIGN_INS.labels("recognised").inc()
    return welcome(request, house, person.id, own_page(form))


def welcome(request: Request, house: House, person_id: str, page: str) -> Response:
    with house.database.writing() as session:
        note_language(session, person_id, own_language_of(request))
        before = session_of(session, cookie_of(request), at=house.clock())
        by = Doer.of(request, person_id=person_id)
        _, secret = signed_in(session, person_id, before=before, at=house.clock(), by=by)
    response = RedirectResponse(page, status_code=303)
    set_cookie(response, secret, house.settings)
    remember_device(request, response, person_id)
    return response


def ask_again(
    request: Request, form: Mapping[str, str], *, shaping: bool = False, refusal: Refused | None = None
) -> Response:
    return show_sign_in(
        request,
        product_name=OURSELVES,
        redirect_uri=None,
        hidden={"next": own_page(form)},
        typed=form,
        shaping=shaping,
        refusal=refusal,
        action="/session",
    )


def own_page(form: Mapping[str, str]) -> str:
    """Where `next` leads. Anything but a page of our own is the doorstep."""
    wanted = form.get("next", HOME)
    return wanted if wanted in OWN_PAGES else HOME
