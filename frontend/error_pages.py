"""Refusals and outages as pages: the frame stays, a sentence says what happened and what to do."""

import logging
from dataclasses import dataclass

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from frontend.errors import Refused, SignInNeeded, Unreachable
from frontend.house import house_of
from frontend.sessions import Person
from frontend.visitor import ask_to_sign_in, session_of

log = logging.getLogger(__name__)

OUR_NAMES = {"backend": "The task service", "auth_service": "The sign-in service"}


@dataclass(frozen=True, slots=True)
class Sentence:
    title: str
    text: str


BY_STATUS = {
    400: Sentence("That address is not complete", "Something in it is missing or wrong. Go back and try again."),
    403: Sentence("Not for your role", "This page is for other roles. Ask an admin if you need it."),
    404: Sentence("Nothing perches here", "The page or the thing you asked for does not exist, or not any more."),
    405: Sentence("Not this way", "This address is for forms. Go back and use the button there."),
    413: Sentence("Too much at once", "What you sent is larger than we take. Split it and try again."),
}
NO_SUCH_ADDRESS = Sentence(
    "Nothing perches here", "This address is not quite right. Go home and find the way from there."
)
BROKEN = Sentence("Something broke", "It is not your fault, and nothing was done halfway. Please try again.")


def make_errors_readable(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, ask_to_sign_in)
    app.add_exception_handler(Refused, show_refused)
    app.add_exception_handler(Unreachable, show_unreachable)
    app.add_exception_handler(HTTPException, show_http)
    app.add_exception_handler(RequestValidationError, show_invalid)
    app.add_exception_handler(Exception, show_broken)


def show_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 (for the type checker: we are registered for nothing else)
    if error.status == 422 and request.method in ("GET", "HEAD") and not error.is_a_sentence:
        return show_sentence(request, NO_SUCH_ADDRESS, 404)
    known = BY_STATUS.get(error.status, Sentence(error.title, error.detail))
    return show_sentence(request, Sentence(known.title, error.detail or known.text), error.status)


def show_http(request: Request, error: Exception) -> Response:
    status = 413 if is_too_large(error) else getattr(error, "status_code", 500)
    return show_sentence(request, BY_STATUS.get(status, BROKEN), status)


def is_too_large(error: Exception) -> bool:
    """A form of which Starlette took no more; it says 400, and which limit it was in words only."""
    said = str(getattr(error, "detail", ""))
    return said.startswith("Too many f") or "exceeded maximum size" in said


def show_invalid(request: Request, _error: Exception) -> Response:
    return show_sentence(request, BY_STATUS[400], 400)


def show_broken(request: Request, error: Exception) -> Response:
    log.error("%s %s broke [%s]", request.method, request.url.path, request.state.request_id, exc_info=error)
    return show_sentence(request, BROKEN, 500)


def show_sentence(request: Request, sentence: Sentence, status: int) -> Response:
    """A page of its own; for a fragment only a toast, so that nothing of the page it came from is lost."""
    context = {"title": sentence.title, "text": sentence.text}
    return house_of(request).pages.show(
        request, "refused.html", context, person=person_here(request), say=sentence.text, status=status
    )


def show_unreachable(request: Request, error: Exception) -> Response:
    """The frame with a panel that fetches the page again until the neighbour is back."""
    assert isinstance(error, Unreachable)  # noqa: S101
    log.warning("%s %s: %s [%s]", request.method, request.url.path, error, request.state.request_id)
    house, name = house_of(request), OUR_NAMES[error.neighbour]
    return house.pages.show(
        request,
        "unreachable.html",
        {"neighbour": name, "at": house.clock().isoformat(), "may_repeat": request.method == "GET"},
        person=person_here(request),
        say=f"{name} does not answer. Nothing you typed is lost: try again in a moment.",
        status=503,
        headers={"Retry-After": "5"},
    )


def person_here(request: Request) -> Person | None:
    """For the frame of an error page, which must be shown even when our own database is what failed."""
    try:
        session = session_of(request)
    except DBAPIError:
        return None
    return session.person if session else None
