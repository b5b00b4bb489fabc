"""POST /language: the small switch under every page."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Depends, Response
from fastapi.responses import RedirectResponse

from auth_service.house import TheHouse
from auth_service.languages.catalogue import ENGLISH, NAMES
from auth_service.languages.choice import remember_language
from auth_service.protocol.messages import TheRequest
from auth_service.sign_in.cookie import own_page_only

router = APIRouter(include_in_schema=False)


@router.post("/language", dependencies=[Depends(own_page_only)])
def choose(asked_for: TheRequest, house: TheHouse) -> Response:
    wanted = asked_for.form.get("language", ENGLISH)
    language = wanted if wanted in NAMES else ENGLISH
    response = RedirectResponse(back_to(asked_for.form.get("back", "/"), language), status_code=303)
    remember_language(response, language, is_https=house.settings.is_https)
    return response


def back_to(page: str, language: str) -> str:
    """The page they came from, if it is one of ours. A language that the product asked for gives way to theirs."""
    parts = urlsplit(page)
    if not page.startswith("/") or page[1:2] in ("/", "\\") or parts.netloc or not page.isprintable():
        return "/"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, language if name == "ui_locales" else value) for name, value in pairs])
    return f"{parts.path}?{query}" if query else parts.path
