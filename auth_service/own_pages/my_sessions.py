"""/my/sessions: where I am signed in, what each sign-out has told, and the end of one session or of all others."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from auth_service.database import Reading, Writing
from auth_service.house import TheHouse
from auth_service.own_pages.session_views import sessions_of
from auth_service.own_pages.visitor import HOME, Visitor, signed_in_visitor
from auth_service.pages import show
from auth_service.protocol.messages import TheRequest
from auth_service.sessions.browser_session import BrowserSession
from auth_service.sessions.ending import end_sessions
from auth_service.sign_in.cookie import drop_cookie, own_page_only
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

router = APIRouter(include_in_schema=False)

PAGE = "/my/sessions"
OTHERS = "others"


@router.get(PAGE)
def my_sessions(request: Request, session: Reading, house: TheHouse) -> Response:
    visitor = signed_in_visitor(request, session, page=PAGE)
    is_open, ended = sessions_of(session, visitor, at=house.clock())
    context = {
        "open_sessions": is_open,
        "ended_sessions": ended,
        "zone": house.settings.zone,
        "said_at_end": request.query_params.get("ended"),
    }
    return show(request, "sessions.html", context)


@router.post("/my/session-endings", dependencies=[Depends(own_page_only)])
def end(request: Request, asked_for: TheRequest, session: Writing, house: TheHouse) -> Response:
    """`session` is the id of one, or `others`. Somebody else's id ends nothing."""
    visitor = signed_in_visitor(request, session, page=PAGE)
    ended = end_sessions(session, meant(session, visitor, asked_for.form.get("session", "")), at=house.clock())
    by = Doer.of(request, person_id=visitor.person.id)
    for each in ended:
        details = {"session": each.id}
        record(session, Deed.SESSION_ENDED, at=house.clock(), by=by, whom=each.person_id, details=details)
    if visitor.browser.id in [each.id for each in ended]:
        leaving = RedirectResponse(HOME, status_code=303)
        drop_cookie(leaving, house.settings)
        return leaving
    return RedirectResponse(f"{PAGE}?ended={len(ended)}", status_code=303)


def meant(session: Session, visitor: Visitor, which: str) -> list[str]:
    mine = select(BrowserSession.id).where(BrowserSession.person_id == visitor.person.id)
    chosen = BrowserSession.id != visitor.browser.id if which == OTHERS else BrowserSession.id == which
    return list(session.scalars(mine.where(chosen, BrowserSession.ended_at.is_(None))))
