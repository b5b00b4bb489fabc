"""Sign-out that a product starts (OpenID Connect RP-Initiated Logout): at once with a good hint, else after asking."""
# mypy: disable-error-code="no-untyped-call"

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oidc.rpinitiated import EndSessionEndpoint
from authlib.oidc.rpinitiated.end_session import EndSessionRequest
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from auth_service.error_page import show_error
from auth_service.house import House, house_of
from auth_service.keys.tokens import IDENTITY, TokenRefused, read
from auth_service.languages.sentence import Sentence
from auth_service.pages import show
from auth_service.protocol.messages import Fields, ProtocolRequest, endpoint
from auth_service.protocol.provider import Provider
from auth_service.sessions.browser_session import BrowserSession, session_of
from auth_service.sessions.ending import end_sessions
from auth_service.sign_in.cookie import cookie_of, drop_cookie, refuse_other_sites
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

router = APIRouter(include_in_schema=False)

CARRIED = ("client_id", "post_logout_redirect_uri", "state")


class EndSession(EndSessionEndpoint):
    server: Provider

    def _validate_id_token_hint(self, id_token_hint: str) -> dict[str, Any]:
        """A hint that is not ours counts as none: the person is asked, which harms nobody (section 2)."""
        house = self.server.house
        try:
            claims = read(
                id_token_hint,
                keyring=house.keyring,
                typ=IDENTITY,
                issuer=house.issuer,
                audience=None,
                required=("iss", "sub", "aud", "sid"),
                now=house.clock(),
                expired_is_fine=True,
            )
        except TokenRefused:
            return {}
        return dict(claims) if self.server.query_client(claims["aud"]) else {}

    def is_post_logout_redirect_uri_legitimate(self, request: Any, *_: Any, **__: Any) -> bool:
        """Without a hint, the person's own decision on our page is the confirmation (section 3)."""
        asked: ProtocolRequest = request
        return asked.method == "POST" and asked.fields.get("decision") == "sign-out"


@endpoint(router, "GET", "/sign-out")
def sign_out(request: Request, asked_for: ProtocolRequest, house: House) -> Response:
    with house.database.writing() as session:
        return asked_by_product(request, asked_for, session, house)


@endpoint(router, "POST", "/sign-out")
def sign_out_by_post(request: Request, asked_for: ProtocolRequest, house: House) -> Response:
    """From a product, as by GET, or from our own confirmation page."""
    with house.database.writing() as session:
        if asked_for.fields.get("decision") is None:
            return asked_by_product(request, asked_for, session, house)
        return decided(request, asked_for, session, house)


def asked_by_product(request: Request, asked_for: ProtocolRequest, session: Session, house: House) -> Response:
    try:
        asked = validated(asked_for, Provider(house, session))
    except OAuth2Error as error:
        return refusal_page(request, error)
    browser = session_of(session, cookie_of(request), at=house.clock())
    if asked.id_token_claims and is_about(asked.id_token_claims, browser):
        end(request, session, browser, asked.id_token_claims, at=house.clock())
        return farewell(request, asked)
    return confirmation(request, asked, asked_for.fields) if browser else farewell(request, asked)


def decided(request: Request, asked_for: ProtocolRequest, session: Session, house: House) -> Response:
    refuse_other_sites(request)
    if asked_for.fields.get("decision") != "sign-out":
        return stay(house)
    try:
        asked = validated(asked_for, Provider(house, session))
    except OAuth2Error as error:
        return refusal_page(request, error)
    end(request, session, session_of(session, cookie_of(request), at=house.clock()), None, at=house.clock())
    return farewell(request, asked)


def validated(asked_for: ProtocolRequest, provider: Provider) -> EndSessionRequest:
    """Raises OAuth2Error."""
    return EndSession(provider).validate_request(asked_for)


def is_about(hint: Mapping[str, Any], browser: BrowserSession | None) -> bool:
    """Another person's hint does not sign out whoever uses this browser now; then they are asked."""
    return browser is None or browser.person_id == hint["sub"]


def end(
    request: Request,
    session: Session,
    browser: BrowserSession | None,
    hint: Mapping[str, Any] | None,
    *,
    at: datetime,
) -> None:
    """The session of this browser, and the one that the hint names."""
    ending = {browser and browser.id, hint and hint["sid"]}
    for ended in end_sessions(session, [sid for sid in ending if sid], at=at):
        by = Doer.of(request, person_id=ended.person_id)
        record(session, Deed.SIGNED_OUT, at=at, by=by, whom=ended.person_id)


def confirmation(request: Request, asked: EndSessionRequest, fields: Fields) -> Response:
    hidden = {name: value for name in CARRIED if (value := fields.get(name))}
    if asked.client:
        hidden["client_id"] = asked.client.client_id
    context = {"product_name": asked.client and asked.client.name, "action": "/sign-out", "hidden": hidden}
    return show(request, "sign_out.html", context, form_action=ways_out(request, asked, fields))


def ways_out(request: Request, asked: EndSessionRequest, fields: Fields) -> tuple[str, ...]:
    """Where either decision may lead; the page's policy has to name it."""
    bye = fields.get("post_logout_redirect_uri")
    is_registered = asked.client and bye in asked.client.post_logout_redirect_uris
    home = house_of(request).settings.frontend_url
    return tuple(uri for uri in (bye if is_registered else None, home) if uri)


def farewell(request: Request, asked: EndSessionRequest) -> Response:
    response: Response = (
        RedirectResponse(asked.redirect_uri, status_code=303)
        if asked.redirect_uri
        else show(request, "signed_out.html", {"language_back": "/"})
    )
    drop_cookie(response, house_of(request).settings)
    return response


def stay(house: House) -> Response:
    if house.settings.frontend_url:
        return RedirectResponse(house.settings.frontend_url, status_code=303)
    return RedirectResponse("/", status_code=303)


def refusal_page(request: Request, error: OAuth2Error) -> Response:
    title = Sentence("This sign-out can not go on")
    return show_error(request, title=title, detail=error.get_error_description(), status=400)
