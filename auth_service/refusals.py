"""How a refusal is spoken: as a page to a browser, as a problem document (RFC 9457) to a program."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from auth_service.error_page import show_error
from auth_service.errors import InvalidInput, NotFound, NotTakenHere, Refused, UnreadableBody, in_words

KNOWN: dict[int, type[Refused]] = {400: UnreadableBody, 404: NotFound, 405: NotTakenHere}


def answer_for(refusal: Refused, request: Request) -> Response:
    if "text/html" in request.headers.get("Accept", ""):
        page = show_error(request, title=refusal.title, detail=refusal.detail, status=refusal.status)
        page.headers.update(refusal.headers)
        return page
    return JSONResponse(
        refusal.problem(request.state.request_id),
        status_code=refusal.status,
        headers=dict(refusal.headers),
        media_type="application/problem+json",
    )


def speak_refusals(app: FastAPI) -> None:
    @app.exception_handler(Refused)
    def refused(request: Request, refusal: Refused) -> Response:
        return answer_for(refusal, request)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        refusal = InvalidInput([in_words({**problem, "loc": problem["loc"][1:]}) for problem in error.errors()])
        return answer_for(refusal, request)

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        refusal = KNOWN[error.status_code]() if error.status_code in KNOWN else Refused(str(error.detail))
        refusal.status, refusal.headers = error.status_code, error.headers or {}
        refusal.title = refusal.title if error.status_code in KNOWN else HTTPStatus(error.status_code).phrase
        return answer_for(refusal, request)

    @app.exception_handler(DataError)
    def not_text(request: Request, error: DataError) -> Response:
        """PostgreSQL keeps no NUL, wherever in a request it stood."""
        if "NUL" not in str(error.orig):
            raise error
        return answer_for(InvalidInput([{"field": "request", "message": "holds a NUL character"}]), request)
