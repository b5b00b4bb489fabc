"""The door: an access token of an admin, with the scope `administration`. A product's own token never opens it."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from auth_service.people.bearer import Bearer, InsufficientScope, bearer_of, doer_behind
from auth_service.people.person import Person
from auth_service.products.scopes import ADMINISTRATION
from auth_service.trail.doer import Doer

(SCOPE,) = ADMINISTRATION
ACCESS_TOKEN = Depends(HTTPBearer(auto_error=False, scheme_name="access token", description=f"With scope {SCOPE}."))


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    correlation_id: str


class FieldError(BaseModel):
    field: str
    message: str


class InputProblem(Problem):
    errors: list[FieldError]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document, beside those that every route has."""
    sentences = {
        401: "No access token, or one that is not valid here or not any more",
        403: "The access token is not that of an admin with the scope",
        404: "There is no such thing",
        409: "It can not be done as things stand",
    }
    spoken: dict[int | str, dict[str, Any]] = {
        status: shape(sentences[status], Problem) for status in (401, 403, *statuses)
    }
    return spoken | {422: shape("The input is not valid", InputProblem)}


def shape(sentence: str, model: type[Problem]) -> dict[str, Any]:
    return {"description": sentence, "model": model}


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
