"""Whoever opens one of their own pages; signed in, or sent to sign in and back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from auth_service.house import house_of
from auth_service.people.person import Person
from auth_service.people.roster import find_person
from auth_service.sessions.browser_session import BrowserSession, session_of
from auth_service.sign_in.cookie import cookie_of

HOME = "/"
MOULTING = "/moulting"
OWN_PAGES = (HOME, "/my/sessions", "/my/products", MOULTING)  # nowhere else does our own sign-in lead
FRESH = timedelta(minutes=5)


class SignInFirst(Exception):
    """`path` is the page to come back to."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@dataclass(frozen=True)
class Visitor:
    browser: BrowserSession
    person: Person

    def is_fresh(self, at: datetime) -> bool:
        return at - self.browser.signed_in_at <= FRESH


def visitor_of(request: Request, session: Session) -> Visitor | None:
    browser = session_of(session, cookie_of(request), at=house_of(request).clock())
    return Visitor(browser, find_person(session, browser.person_id)) if browser else None


def signed_in_visitor(request: Request, session: Session, *, page: str) -> Visitor:
    """Raises SignInFirst, which comes back to `page`."""
    visitor = visitor_of(request, session)
    if visitor is None:
        raise SignInFirst(page)
    return visitor


def fresh_visitor(request: Request, session: Session, *, page: str) -> Visitor:
    """The current beak was shown within the last five minutes. Raises SignInFirst."""
    visitor = signed_in_visitor(request, session, page=page)
    if not visitor.is_fresh(house_of(request).clock()):
        raise SignInFirst(page)
    return visitor


def lead_to_sign_in(app: FastAPI) -> None:
    @app.exception_handler(SignInFirst)
    def sign_in_first(_request: Request, first: SignInFirst) -> Response:
        return RedirectResponse(f"/sign-in?{urlencode({'next': first.path})}", status_code=303)
