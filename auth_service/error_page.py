"""The page for what can not go on: which product, what happened, and a number to ask about, which is in the log too."""

import logging

from fastapi import Request, Response

from auth_service.pages import show

log = logging.getLogger(__name__)


def show_error(request: Request, *, title: str, detail: str, status: int, product_name: str | None = None) -> Response:
    correlation_id = request.state.request_id
    log.warning("request %s answered %d: %r", correlation_id, status, str(title))
    context = {
        "product_name": product_name,
        "title": title,
        "detail": detail,
        "correlation_id": correlation_id,
        "language_back": "/",  # asking for what went wrong once more would not put it right
    }
    return show(request, "error.html", context, status=status)
