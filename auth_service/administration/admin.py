"""The door: an access token of an admin, with the scope `administration`. A product's own token never opens it."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from auth_service.people.bearer import Bearer, InsufficientScope, bearer_of, doer_behind
from auth_service.people.person import Person
from auth_service.problems import problems as problems
from auth_service.products.scopes import ADMINISTRATION
from auth_service.trail.doer import Doer

(SCOPE,) = ADMINISTRATION
ACCESS_TOKEN = Depends(HTTPBearer(auto_error=False, scheme_name="access token", description=f"With scope {SCOPE}."))


def admin_behind(request: Request) -> Bearer:
    """Raises TokenNeeded, InvalidToken, InsufficientScope."""
    bearer = bearer_of(request)
    bearer.needs(SCOPE)
    if bearer.person is None or not bearer.person.is_admin:
        raise InsufficientScope(SCOPE)
    return bearer


AdminBearer = Annotated[Bearer, Depends(admin_behind)]


def admin_doing(request: Request, bearer: AdminBearer) -> Doer:
    return doer_behind(request, bearer)


def admin_person(bearer: AdminBearer) -> Person:
    if bearer.person is None:
        raise InsufficientScope(SCOPE)
    return bearer.person


Admin = Annotated[Doer, Depends(admin_doing)]
TheAdmin = Annotated[Person, Depends(admin_person)]
