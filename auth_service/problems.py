"""Refusals as the OpenAPI document tells of them: their statuses, and the shape of RFC 9457."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

MEDIA_TYPE = "application/problem+json"
SENTENCES = {
    400: "The body can not be read",
    401: "No access token, or one that is not valid here or not any more",
    403: "The access token does not allow this",
    404: "There is no such thing",
    409: "It can not be done as things stand",
    413: "The request is larger than 64 KiB",
    422: "The input is not valid",
    429: "Too many tries; Retry-After says when to come again",
}


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
    """Of a route that wants an access token."""
    return spoken(401, 403, *statuses)


def spoken(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Beside those that every route has."""
    shapes: dict[int | str, dict[str, Any]] = {status: shape(status, Problem) for status in (400, 413, *statuses)}
    return shapes | {422: shape(422, InputProblem)}


def shape(status: int, model: type[Problem]) -> dict[str, Any]:
    return {"description": SENTENCES[status], "model": model}


def name_their_media_type(app: FastAPI) -> None:
    """FastAPI has one media type for all answers of a route; ours differ when they are refusals."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if status.startswith("4") and "application/json" in answer.get("content", {}):
                        answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        return document

    app.openapi = openapi  # type: ignore[method-assign]
