"""Every "no" of this service, and how it is spoken: RFC 9457 problems for programs, a page for people.

An OAuth client hears its own kind of no (RFC 6749 section 5.2), spoken in `protocol/`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any


class CannotStart(Exception):
    """The installation is not fit to run; the message says what to do about it."""


class Refused(Exception):
    """A refusal that a program or a person can read. Subclasses are named as sentences."""

    status = 400
    title = "This can not be done"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title

    @property
    def problem_type(self) -> str:
        return "/problems/" + re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    def problem(self, correlation_id: str) -> dict[str, Any]:
        return {
            "type": self.problem_type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "correlation_id": correlation_id,
        }


class UnreadableBody(Refused):
    title = "The body of the request can not be read"


class NotFound(Refused):
    status = 404
    title = "There is nothing here"


class NotTakenHere(Refused):
    status = 405
    title = "This address is not used in that way"


class InvalidInput(Refused):
    status = 422
    title = "The input is not valid"

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__("; ".join(f"{error['field']}: {error['message']}" for error in errors))
        self.errors = [dict(error) for error in errors]

    def problem(self, correlation_id: str) -> dict[str, Any]:
        return super().problem(correlation_id) | {"errors": self.errors}


def in_words(problem: Mapping[str, Any]) -> dict[str, str]:
    """One error of pydantic as `errors` of a problem names it; `loc` begins with the member, not with the body."""
    place = [str(name) for name in problem["loc"]] or [problem.get("ctx", {}).get("member", "body")]
    return {"field": ".".join(place), "message": str(problem["msg"]).removeprefix("Value error, ")}


class TooLarge(Refused):
    status = 413
    title = "The request is too large"


class CrossSiteRequest(Refused):
    status = 403
    title = "The form was not sent from our own page"
