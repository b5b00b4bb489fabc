"""The authorization endpoint and the forms of its pages (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2).

A request is examined, then led on: to the sign-in page, to the consent page, or back to the product with a code.
Nothing is remembered between the steps but the browser session; the request itself travels through the forms.
"""

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AccessDeniedError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from prometheus_client import Counter

from auth_service.error_page import show_error
from auth_service.errors import Refused
from auth_service.house import House
from auth_service.languages.choice import own_language_of
from auth_service.languages.sentence import Sentence
from auth_service.pages import show
from auth_service.people.language import note_language
from auth_service.people.login import BeakNotRecognised, recognise
from auth_service.people.person import Person
from auth_service.people.roster import find_person
from auth_service.products.scopes import SENTENCES
from auth_service.protocol.authorization_checks import examine
from auth_service.protocol.authorization_request import Asked
from auth_service.protocol.consent import remember_consent
from auth_service.protocol.interaction import is_someone_else, must_choose, must_consent, must_sign_in
from auth_service.protocol.messages import ProtocolRequest, endpoint, form_of
from auth_service.protocol.requested_claims import scope_to_consent
from auth_service.protocol.response_mode import delivered
from auth_service.protocol.scopes import grantable
from auth_service.sessions.browser_session import BrowserSession, session_of
from auth_service.sessions.signing_in import signed_in
from auth_service.sign_in.accounts import show_accounts
from auth_service.sign_in.cookie import cookie_of, refuse_other_sites, remember_device, set_cookie
from auth_service.sign_in.page import show_sign_in
from auth_service.sign_in.shaping import beak_in, wants_redraw
from auth_service.throttle.caller import Caller, caller_of
from auth_service.throttle.throttle import TooManyTries
from auth_service.trail.deed import Deed
from auth_service.trail.doer import Doer
from auth_service.trail.entry import record

router = APIRouter(include_in_schema=False)

SIGN_INS = Counter("auth_service_sign_ins_total", "Beaks presented at the sign-in page", ["outcome"])

Step = Callable[[Request, Asked], Response]


@endpoint(router, "GET", "/authorize")
def authorize(request: Request, asked_for: ProtocolRequest, house: House) -> Response:
    return in_transaction(request, asked_for, house, first_look)


@router.post("/authorize")
async def authorize_by_post(request: Request) -> Response:
    """Asked again as GET, for a cross-site POST does not bring the cookie along."""
    return RedirectResponse(f"/authorize?{urlencode(await form_of(request))}", status_code=303)


@endpoint(router, "POST", "/sign-in")
def sign_in(request: Request, asked_for: ProtocolRequest, house: House) -> Response:
    refuse_other_sites(request)
    step = next_step(asked_for.form, house, caller_of(request))  # the slow hash runs outside of any transaction
    return in_transaction(request, asked_for, house, step)


@endpoint(router, "POST", "/account")
def account(request: Request, asked_for: ProtocolRequest, house: House) -> Response:
    refuse_other_sites(request)
    return in_transaction(request, asked_for, house, choose)


@endpoint(router, "POST", "/consent")
def consent(request: Request, asked_for: ProtocolRequest, house: House) -> Response:
    refuse_other_sites(request)
    return in_transaction(request, asked_for, house, decide)


def in_transaction(request: Request, asked_for: ProtocolRequest, house: House, step: Step) -> Response:
    with house.database.writing() as session:
        return answered(request, Asked(asked_for, house, session), step)


def answered(request: Request, asked: Asked, step: Step) -> Response:
    try:
        examine(asked)
        return step(request, asked)
    except OAuth2Error as error:
        return refuse(request, asked, error)


def refuse(request: Request, asked: Asked, error: OAuth2Error) -> Response:
    """To the product where it is safe to send someone there, else on a page of our own."""
    if asked.redirect_uri:
        error.redirect_uri, error.state = asked.redirect_uri, asked.get("state")
        return delivered(request, asked, asked.provider.refuse_authorization(asked.request, error))
    product = getattr(asked, "product", None)
    return show_error(
        request,
        title=Sentence("This sign-in can not go on"),
        detail=error.get_error_description(),
        status=400,
        product_name=product and product.name,
    )


# --- the steps, in the order in which a person meets them -------------------------------------------------------------


def first_look(request: Request, asked: Asked) -> Response:
    browser = current(request, asked)
    if browser is None or must_sign_in(asked, browser):
        if "none" in asked.prompts:
            raise LoginRequiredError
        return ask_to_sign_in(request, asked)
    return ask_who(request, asked, browser) if must_choose(asked) else lead_on(request, asked, browser)


def ask_who(request: Request, asked: Asked, browser: BrowserSession) -> Response:
    return show_accounts(
        request,
        asked.session,
        signed_in_id=browser.person_id,
        product_name=asked.product.name,
        redirect_uri=asked.redirect_uri or "",
        hidden=asked.carried,
    )


def choose(request: Request, asked: Asked) -> Response:
    """Whoever is signed in goes on; anyone else shows their beak first."""
    browser = current(request, asked)
    if browser is None or asked.get("person") != browser.person_id or must_sign_in(asked, browser):
        return ask_to_sign_in(request, asked)
    return lead_on(request, asked, browser)


def ask_to_sign_in(
    request: Request, asked: Asked, *, refusal: Refused | None = None, shaping: bool = False
) -> Response:
    return show_sign_in(
        request,
        product_name=asked.product.name,
        redirect_uri=asked.redirect_uri or "",
        hidden=asked.carried,
        typed=asked.request.form,
        shaping=shaping,
        refusal=refusal,
    )


def next_step(form: Mapping[str, str], house: House, caller: Caller) -> Step:
    """What the sign-in form comes to: sliders drawn again, a second try, or a person."""
    if wants_redraw(form):
        return partial(ask_to_sign_in, shaping=True)
    try:
        person, _ = recognise(beak_in(form), house, caller)
    except (BeakNotRecognised, TooManyTries) as refusal:
        SIGN_INS.labels("throttled" if isinstance(refusal, TooManyTries) else "refused").inc()
        return partial(ask_to_sign_in, refusal=refusal, shaping="beak_shape" not in form)
    SIGN_INS.labels("recognised").inc()
    return partial(welcome, person_id=person.id)


def welcome(request: Request, asked: Asked, *, person_id: str) -> Response:
    if is_someone_else(asked, person_id):
        raise LoginRequiredError  # the product asked for one person, another one came (Core section 3.1.2.1)
    note_language(asked.session, person_id, own_language_of(request))
    before = current(request, asked)
    by = Doer.of(request, person_id=person_id)
    browser, secret = signed_in(asked.session, person_id, before=before, at=asked.house.clock(), by=by)
    response = lead_on(request, asked, browser)
    set_cookie(response, secret, asked.house.settings)
    remember_device(request, response, person_id)
    return response


def lead_on(request: Request, asked: Asked, browser: BrowserSession) -> Response:
    """Signed in as asked: to the consent page where one is due, else back with a code."""
    person = find_person(asked.session, browser.person_id)
    if not asked.product.lets_in(person.id, person.role):
        return turn_away(request, asked, person)
    scope = grantable(asked.scope, person)
    to_allow = scope_to_consent(scope, asked.claims)
    if not must_consent(asked, browser, to_allow):
        return back_with_code(request, asked, browser)
    if "none" in asked.prompts:
        raise ConsentRequiredError
    context = {
        "product_name": asked.product.name,
        "product_uri": asked.product.client_uri,
        "person": {"name": person.name, "picture": person.picture(asked.house.issuer)},
        "scopes": [(name, SENTENCES[name]) for name in to_allow.split()],
        "action": "/consent",
        "hidden": asked.carried_after_signing_in,
    }
    return show(request, "consent.html", context, form_action=(asked.redirect_uri or "",))


def turn_away(request: Request, asked: Asked, person: Person) -> Response:
    """A page, for the product could only say that something was denied."""
    if "none" in asked.prompts:
        raise AccessDeniedError
    names = {"person": person.name, "product": asked.product.name}
    by = Doer.of(request, person_id=person.id)
    at, product = asked.house.clock(), asked.product.client_id
    record(asked.session, Deed.TURNED_AWAY, at=at, by=by, whom=person.id, product=product)
    return show_error(
        request,
        title=Sentence("%(product)s is not open to you", product=asked.product.name),
        detail=Sentence("%(person)s may not enter %(product)s. An admin can change that.", **names),
        status=403,
    )


def decide(request: Request, asked: Asked) -> Response:
    browser = current(request, asked)
    if browser is None:
        return ask_to_sign_in(request, asked)
    person = find_person(asked.session, browser.person_id)
    if asked.get("decision") != "allow" or not asked.product.lets_in(person.id, person.role):
        raise AccessDeniedError
    by = Doer.of(request, person_id=person.id)
    allow(asked, by, scope_to_consent(grantable(asked.scope, person), asked.claims))
    return back_with_code(request, asked, browser)


def allow(asked: Asked, by: Doer, scope: str) -> None:
    person_id, client_id, at = by.person_id or "", asked.product.client_id, asked.house.clock()
    remember_consent(asked.session, person_id=person_id, client_id=client_id, scope=scope, at=at)
    details = {"scope": scope}
    record(asked.session, Deed.CONSENTED, at=at, by=by, whom=person_id, product=client_id, details=details)


def back_with_code(request: Request, asked: Asked, browser: BrowserSession) -> Response:
    return delivered(request, asked, asked.provider.issue_code(asked.request, browser))


def current(request: Request, asked: Asked) -> BrowserSession | None:
    browser = session_of(asked.session, cookie_of(request), at=asked.house.clock())
    if browser:
        browser.seen_at = asked.house.clock()
    return browser
