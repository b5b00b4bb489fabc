"""Who may use the REST interface: whoever brings an access token of ours, for us, and still true (RFC 6750, 9068)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from auth_service.errors import Refused
from auth_service.house import House, house_of
from auth_service.keys.tokens import ACCESS, Claims, TokenRefused
from auth_service.keys.tokens import read as read_token
from auth_service.people.person import Person
from auth_service.products.product import Product
from auth_service.sessions.admission import Admission, admission_behind, is_revoked
from auth_service.trail.doer import Doer

REQUIRED_CLAIMS = ("iss", "sub", "aud", "jti", "client_id", "scope")


class TokenNeeded(Refused):
    status = 401
    title = "An access token is needed"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="aTES"'}


class InvalidToken(Refused):
    status = 401
    title = "The access token is not valid here, or not any more"
    headers: Mapping[str, str] = {"WWW-Authenticate": 'Bearer realm="aTES", error="invalid_token"'}


class InsufficientScope(Refused):
    status = 403
    title = "The access token does not allow this"

    def __init__(self, scope: str) -> None:
        super().__init__(f"This needs an access token with the scope {scope}.")
        self.headers = {"WWW-Authenticate": f'Bearer realm="aTES", error="insufficient_scope", scope="{scope}"'}


@dataclass(frozen=True)
class Bearer:
    claims: Claims
    person: Person | None  # none: a product speaks for itself
    admission: Admission | None

    @property
    def scopes(self) -> list[str]:
        return str(self.claims["scope"]).split()

    def needs(self, scope: str) -> None:
        if scope not in self.scopes:
            raise InsufficientScope(scope)


def bearer_of(request: Request) -> Bearer:
    """Raises TokenNeeded or InvalidToken."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise TokenNeeded
    return bearer_with(token.strip(), house_of(request))


def bearer_with(token: str, house: House) -> Bearer:
    """Raises InvalidToken."""
    with house.database.reading() as session:
        return accepted(session, token, house)


def accepted(session: Session, token: str, house: House) -> Bearer:
    """Signature and claims first, then what only we know: whether it was taken back, and whether the person changed."""
    try:
        claims = read_token(
            token,
            keyring=house.keyring,
            typ=ACCESS,
            issuer=house.issuer,
            audience=house.issuer,
            required=REQUIRED_CLAIMS,
            now=house.clock(),
        )
    except TokenRefused:
        raise InvalidToken from None
    if is_revoked(session, claims["jti"]):
        raise InvalidToken
    return Bearer(claims, person_of(session, claims), admission_behind(session, claims["jti"]))


def person_of(session: Session, claims: Claims) -> Person | None:
    if claims["sub"] == claims["client_id"]:
        product = session.get(Product, claims["client_id"])
        if product is None or not product.active:
            raise InvalidToken
        return None
    person = session.get(Person, claims["sub"])
    if person is None or not person.active or person.version != claims.get("ver"):
        raise InvalidToken
    return person


def needs(scope: str) -> Callable[[Request], Bearer]:
    def bearer(request: Request) -> Bearer:
        bearer = bearer_of(request)
        bearer.needs(scope)
        return bearer

    return bearer


AnyBearer = Annotated[Bearer, Depends(bearer_of)]


def doer_behind(request: Request, bearer: Bearer) -> Doer:
    """For the trail: the person; a product only when it speaks for itself."""
    if bearer.person:
        return Doer.of(request, person_id=bearer.person.id)
    return Doer.of(request, client_id=bearer.claims["client_id"])


def doer_with(scope: str) -> Callable[[Request], Doer]:
    def doer(request: Request) -> Doer:
        return doer_behind(request, needs(scope)(request))

    return doer


PeopleReader = Depends(needs("people:read"))
PeopleWriter = Annotated[Doer, Depends(doer_with("people:write"))]
