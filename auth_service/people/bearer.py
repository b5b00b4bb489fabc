"""Who may use the REST interface: whoever brings an access token of ours, for us, and still true (RFC 6750, 9068)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from auth_service.errors import Refused
from auth_service.house import House, house_of
from auth_service.keys.tokens import ACCESS, Claims, TokenRefused
from auth_service.keys.tokens import read as read_token
from auth_service.people.person import Person
from auth_service.products.product import Product
from auth_service.sessions.admission import Admission, RevokedToken
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


# Put together once: SQLAlchemy would take longer for that than the database for its answer.
PERSON_BEHIND = (
    select(Person, Admission, RevokedToken.jti, Product.userinfo_signed_response_alg)
    .select_from(Person)
    .outerjoin(Admission, Admission.id == bindparam("admission_id"))
    .outerjoin(Product, Product.client_id == Admission.client_id)
    .outerjoin(RevokedToken, RevokedToken.jti == bindparam("jti"))
    .where(Person.id == bindparam("person_id"))
)
PRODUCT_BEHIND = (
    select(Product, RevokedToken.jti)
    .outerjoin(RevokedToken, RevokedToken.jti == bindparam("jti"))
    .where(Product.client_id == bindparam("client_id"))
)


@dataclass(frozen=True)
class Bearer:
    claims: Claims
    person: Person | None  # none: a product speaks for itself
    admission: Admission | None
    userinfo_algorithm: str | None  # in which the product behind it wants userinfo signed, if at all

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
    return behind(session, claims)


def behind(session: Session, claims: Claims) -> Bearer:
    """Whether a token of ours is still true, asked of the database in one statement. Raises InvalidToken."""
    if claims["sub"] == claims["client_id"]:
        return product_behind(session, claims)
    admission_id, dot, _ = claims["jti"].partition(".")
    asked = {"person_id": claims["sub"], "admission_id": admission_id, "jti": claims["jti"]}
    found = session.execute(PERSON_BEHIND, asked).one_or_none()
    if found is None or found.jti:
        raise InvalidToken
    person, admission = found.Person, found.Admission
    if not person.active or person.version != claims.get("ver"):
        raise InvalidToken
    if dot and (admission is None or admission.ended_at is not None):
        raise InvalidToken
    return Bearer(claims, person, admission, found.userinfo_signed_response_alg)


def product_behind(session: Session, claims: Claims) -> Bearer:
    found = session.execute(PRODUCT_BEHIND, {"client_id": claims["client_id"], "jti": claims["jti"]}).one_or_none()
    if found is None or found.jti or not found.Product.active:
        raise InvalidToken
    return Bearer(claims, None, None, None)


def needs(scope: str) -> Callable[[Request], Bearer]:
    def bearer(request: Request) -> Bearer:
        bearer = bearer_of(request)
        bearer.needs(scope)
        return bearer

    return bearer


IN_OPENAPI = Depends(
    HTTPBearer(auto_error=False, scheme_name="directory", description="Scope people:read; to change, people:write.")
)
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
