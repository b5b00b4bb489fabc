"""How a refusal is spoken: as a page to a browser, as a problem document (RFC 9457) to a program."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from auth_service.errors import InvalidInput, NotFound, Refused, in_words
from auth_service.pages import show


def answer_for(refusal: Refused, request: Request) -> Response:
    if "text/html" in request.headers.get("Accept", ""):
        context = {
            "product_name": None,
            "title": refusal.title,
            "detail": refusal.detail,
            "correlation_id": request.state.request_id,
        }
        page = show(request, "error.html", context, status=refusal.status)
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
        refusal = NotFound() if error.status_code == 404 else Refused(str(error.detail))
        refusal.status, refusal.headers = error.status_code, error.headers or {}
        refusal.title = HTTPStatus(error.status_code).phrase if error.status_code != 404 else NotFound.title
        return answer_for(refusal, request)
