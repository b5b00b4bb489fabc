"""Who is here: from the cookie to the person, and to clients that ask the neighbours in their name."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from frontend.backend_client import BackendClient
from frontend.clock import Deadline
from frontend.database import reading
from frontend.errors import SignInNeeded
from frontend.house import House, house_of
from frontend.pages import asks_by_itself, here, is_htmx
from frontend.people_client import PeopleClient
from frontend.sessions import BrowserSession, Person, SessionHash, SessionId, find_session, hash_of, touch

SESSION_COOKIE = "ates_session"
LONGEST_WAY_BACK = 600
LONGEST_DEVICE = 300


@dataclass(frozen=True, slots=True)
class Visitor:
    house: House
    request: Request
    session: BrowserSession
    backend: BackendClient
    people: PeopleClient

    @property
    def person(self) -> Person:
        return self.session.person

    def show(self, template: str, context: dict[str, Any], **options: Any) -> Response:
        return self.house.pages.show(self.request, template, context, person=self.person, **options)


def visitor(request: Request) -> Visitor:
    """Raises SignInNeeded."""
    session = session_of(request)
    if session is None:
        raise SignInNeeded
    house, deadline, request_id = house_of(request), Deadline(), str(request.state.request_id)
    return Visitor(
        house=house,
        request=request,
        session=session,
        backend=BackendClient(house.backend, house.tokens, session, deadline, request_id),
        people=PeopleClient(house.auth_service, house.tokens, session, deadline, request_id, asker_of(request)),
    )


Here = Annotated[Visitor, Depends(visitor)]


def asker_of(request: Request) -> dict[str, str]:
    """From where and with what the person asks us; a neighbour believes it of proxies that it trusts."""
    said = "".join(letter for letter in request.headers.get("User-Agent", "") if " " <= letter <= "~")
    headers = {"User-Agent": said[:LONGEST_DEVICE], "X-Forwarded-For": request.client.host if request.client else ""}
    return {name: value for name, value in headers.items() if value}


def session_of(request: Request) -> BrowserSession | None:
    """The living session behind the cookie; being here keeps it alive, an open page that asks by itself does not."""
    house, place = house_of(request), session_hash_of(request)
    if place is None:
        return None
    now = house.clock()
    with reading(house.engine).connect() as connection:
        session = find_session(connection, house.session_vault, place, at=now)
    if session and session.wants_a_touch(now) and not asks_by_itself(request):
        with house.engine.begin() as connection:
            touch(connection, session, at=now)
    return session


def session_hash_of(request: Request) -> SessionHash | None:
    cookie = house_of(request).cookies.read(request, SESSION_COOKIE)
    return hash_of(SessionId(cookie)) if cookie else None


def ask_to_sign_in(request: Request, _error: Exception) -> Response:
    """A page leads to sign-in at once; a fragment can not follow to another origin, so htmx is told to go itself.

    Unless nobody asked: what is half typed must not go because something is new.
    """
    if asks_by_itself(request):
        return Response(status_code=401)
    if is_htmx(request):
        return Response(status_code=401, headers={"HX-Redirect": sign_in_path(page_of(request))})
    way_back = here(request) if request.method == "GET" else page_of(request)
    return RedirectResponse(sign_in_path(way_back), status_code=303)


def page_of(request: Request) -> str:
    """The page a form or fragment came from, if it says so and is ours."""
    told = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if f"{told.scheme}://{told.netloc}" != house_of(request).settings.public_url:
        return "/"
    return (told.path or "/") + (f"?{told.query}" if told.query else "")


def sign_in_path(way_back: str) -> str:
    return "/sign-in" if way_back == "/" else f"/sign-in?next={quote(way_back, safe='/')}"


def way_back_within(path: str) -> str:
    """A path on this origin to return to; anything a browser might read as another origin becomes the home page."""
    outside = not path.startswith("/") or path.startswith(("//", "/\\")) or len(path) > LONGEST_WAY_BACK
    strange = any(ord(letter) < 0x21 or letter == "\\" or ord(letter) == 0x7F for letter in path)
    return "/" if outside or strange else path
