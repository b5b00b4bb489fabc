"""A sign-in tried out: the checks of a real authorization request, and the claims that would be sent.

Nothing is issued. It is run as the admin who asks, with a request as a well-behaved product would send it.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx2
from authlib.oauth2 import OAuth2Error
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from auth_service.administration.admin import ACCESS_TOKEN, AdminBearer, TheAdmin, problems
from auth_service.database import Reading
from auth_service.house import House, TheHouse
from auth_service.people.person import Person
from auth_service.products.own import own_callbacks
from auth_service.products.product import Product, find_product
from auth_service.protocol.authorization_checks import CHECKS
from auth_service.protocol.authorization_request import Asked
from auth_service.protocol.claims import claims_about
from auth_service.protocol.consent import has_consented
from auth_service.protocol.id_token import IdToken
from auth_service.protocol.messages import Fields, ProtocolRequest
from auth_service.protocol.scopes import grantable
from auth_service.sessions.admission import Admission
from auth_service.sessions.destination import NotAllowed, destination_of

router = APIRouter(tags=["products"], dependencies=[ACCESS_TOKEN], responses=problems(404))


class SignInTest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    redirect_uri: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="The first one that is registered, when left out."
    )


class Check(BaseModel):
    name: str
    ok: bool
    detail: str


class SignInTried(BaseModel):
    """Checks in their order, up to the first one that a product could not get past; claims only when there is none."""

    checks: list[Check]
    id_token_claims: dict[str, Any]
    userinfo: dict[str, Any]
    scope: str


@router.post("/products/{client_id}/sign-in-test", summary="Try a sign-in without issuing anything")
def sign_in_test(
    client_id: str, wanted: SignInTest, bearer: AdminBearer, admin: TheAdmin, session: Reading, house: TheHouse
) -> SignInTried:
    product = find_product(session, client_id)
    uri = wanted.redirect_uri or next(iter(product.redirect_uris), None)
    asked = Asked(request_of(product, uri, house), house, session)
    checks = list(until_one_fails(asked, product, admin))
    if not all(check.ok for check in checks):
        return SignInTried(checks=checks, id_token_claims={}, userinfo={}, scope="")
    scope = grantable(asked.scope, admin)
    also = [asks_for_consent(asked, admin, scope), back_channel(product, house)]
    told = claims_about(admin, scope, issuer=house.issuer)
    return SignInTried(
        checks=[*checks, *also],
        id_token_claims=id_token_claims(product, bearer.admission, house) | told | {"nonce": asked.get("nonce")},
        userinfo=told,
        scope=scope,
    )


def request_of(product: Product, redirect_uri: str | None, house: House) -> ProtocolRequest:
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    pairs = {
        "response_type": "code",
        "client_id": product.client_id,
        "redirect_uri": redirect_uri or "",
        "scope": product.scope,
        "state": secrets.token_urlsafe(12),
        "nonce": secrets.token_urlsafe(12),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    uri = f"{house.issuer}/authorize"
    return ProtocolRequest(method="GET", uri=uri, headers={}, fields=Fields(pairs.items()))


def until_one_fails(asked: Asked, product: Product, admin: Person) -> Iterator[Check]:
    for check in CHECKS:
        refusal = refusal_by(check, asked)
        yield Check(name=check.__name__, ok=not refusal, detail=refusal)
        if refusal:
            return
    may_enter = product.lets_in(admin.id, admin.role)
    yield Check(name="entry", ok=may_enter, detail="" if may_enter else f"{admin.name} may not enter {product.name}.")


def refusal_by(check: Callable[[Asked], None], asked: Asked) -> str:
    """Empty when it passes."""
    try:
        check(asked)
    except OAuth2Error as error:
        return str(error.get_error_description() or error.error)
    return ""


def asks_for_consent(asked: Asked, admin: Person, scope: str) -> Check:
    if asked.product.trusted:
        return Check(name="consent", ok=True, detail="The product is trusted; people are not asked.")
    known = has_consented(asked.session, person_id=admin.id, client_id=asked.product.client_id, scope=scope)
    return Check(name="consent", ok=True, detail="You have allowed it before." if known else "People are asked first.")


def back_channel(product: Product, house: House) -> Check:
    """A product that could not hear of a sign-out is no reason to refuse a sign-in, but to be mended."""
    name, uri = "backchannel_logout_uri", product.backchannel_logout_uri
    if uri in own_callbacks(house.settings):
        return Check(name=name, ok=True, detail="It is one of the house's own.")
    if uri is None:
        return Check(name=name, ok=True, detail="None is registered; the product does not hear of sign-outs.")
    try:
        destination_of(uri, house.settings.callback_networks)
    except (NotAllowed, httpx2.InvalidURL) as refusal:
        return Check(name=name, ok=False, detail=f"Sign-outs will not arrive: {refusal}.")
    return Check(name=name, ok=True, detail="Its address is one that notices may go to.")


def id_token_claims(product: Product, admission: Admission | None, house: House) -> dict[str, Any]:
    """`sid` and `auth_time` are those of the admin's own session; the token would have an `at_hash` as well."""
    return IdToken(house).about_sign_in(product, admission) if admission else {}
