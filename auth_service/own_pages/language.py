"""POST /language: the small switch under every page. Of whoever is signed in it is remembered beyond this browser."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from auth_service.house import House, TheHouse
from auth_service.languages.catalogue import ENGLISH, NAMES
from auth_service.languages.choice import remember_language
from auth_service.own_pages.visitor import visitor_of
from auth_service.people.language import note_language
from auth_service.protocol.messages import TheRequest
from auth_service.sign_in.cookie import cookie_of, own_page_only

router = APIRouter(include_in_schema=False)


@router.post("/language", dependencies=[Depends(own_page_only)])
def choose(request: Request, asked_for: TheRequest, house: TheHouse) -> Response:
    wanted = asked_for.form.get("language", ENGLISH)
    language = wanted if wanted in NAMES else ENGLISH
    if cookie_of(request):
        tell_everybody(request, house, language)
    response = RedirectResponse(back_to(asked_for.form.get("back", "/"), language), status_code=303)
    remember_language(response, language, is_https=house.settings.is_https)
    return response


def tell_everybody(request: Request, house: House, language: str) -> None:
    with house.database.writing() as session:
        if visitor := visitor_of(request, session):
            note_language(session, visitor.person.id, language)


def back_to(page: str, language: str) -> str:
    """The page they came from, if it is one of ours. A language that the product asked for gives way to theirs."""
    parts = urlsplit(page)
    if not page.startswith("/") or page[1:2] in ("/", "\\") or parts.netloc or not page.isprintable():
        return "/"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, language if name == "ui_locales" else value) for name, value in pairs])
    return f"{parts.path}?{query}" if query else parts.path
