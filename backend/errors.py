"""How the backend says no: an exception named as a sentence, with its status; one handler speaks RFC 9457."""

import logging
import re
from collections.abc import Mapping
from typing import ClassVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that is understood and declined. `detail` is for people: what happened, and what can be done."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "Not possible"

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})

    @classmethod
    def kind(cls) -> str:
        return "/problems/" + re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class InvalidInput(Refused):
    """One field that does not fit, found by our own rules rather than by the shape of the body."""

    status = 422
    title = "Something in the input does not fit"

    def __init__(self, detail: str, *, field: str) -> None:
        super().__init__(detail)
        self.field = field


class Forbidden(Refused):
    status = 403
    title = "Not yours to do"


class NotFound(Refused):
    status = 404
    title = "There is no such thing"


def speak_rfc_9457(app: FastAPI) -> None:
    app.exception_handler(Refused)(say_refused)
    app.exception_handler(RequestValidationError)(say_invalid)
    app.exception_handler(HTTPException)(say_http)
    app.exception_handler(OperationalError)(say_database_down)
    app.exception_handler(Exception)(say_broken)


def say_refused(request: Request, error: Refused) -> Response:
    errors = [{"field": error.field, "message": error.detail}] if isinstance(error, InvalidInput) else None
    return problem(request, error.kind(), error.status, error.title, error.detail, errors=errors, headers=error.headers)


def say_invalid(request: Request, error: RequestValidationError) -> Response:
    errors = [
        {"field": ".".join(str(part) for part in found["loc"][1:]) or "body", "message": str(found["msg"])}
        for found in error.errors()
    ]
    detail = "; ".join(f"{each['field']}: {each['message']}" for each in errors)
    return problem(request, InvalidInput.kind(), 422, InvalidInput.title, detail, errors=errors)


def say_http(request: Request, error: HTTPException) -> Response:
    kinds = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
    kind = f"/problems/{kinds.get(error.status_code, 'http-error')}"
    return problem(request, kind, error.status_code, str(error.detail), str(error.detail), headers=error.headers)


def say_database_down(request: Request, error: Exception) -> Response:
    log.error("the database does not answer", exc_info=error)
    detail = "The database does not answer just now. Nothing was changed; please try again in a moment."
    return problem(
        request, "/problems/database-unavailable", 503, "Not available", detail, headers={"Retry-After": "2"}
    )


def say_broken(request: Request, error: Exception) -> Response:
    log.error("unexpected error", exc_info=error)
    detail = "Something went wrong on our side. Nothing was changed; the correlation id helps us to find the cause."
    return problem(request, "/problems/internal-error", 500, "Our mistake", detail)


def problem(
    request: Request,
    kind: str,
    status: int,
    title: str,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body: dict[str, object] = {"type": kind, "title": title, "status": status, "detail": detail}
    if errors is not None:
        body["errors"] = errors
    body["correlation_id"] = request.scope.get("request_id", "")
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")
