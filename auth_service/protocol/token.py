"""POST /token (RFC 6749 section 3.2): checks that belong to no grant, then the grant that was asked for."""

from collections.abc import Callable

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from fastapi import APIRouter, Request, Response
from prometheus_client import Counter

from auth_service.house import House
from auth_service.protocol.client_authentication import (
    credentials_are_sane,
    no_parameter_is_repeated,
    transaction_for,
)
from auth_service.protocol.messages import ProtocolRequest, endpoint
from auth_service.protocol.provider import Provider

router = APIRouter(include_in_schema=False)

ANSWERS = Counter("auth_service_token_answers_total", "Answers of the token endpoint", ["grant_type", "status"])
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")


@endpoint(router, "POST", "/token")
def token(_: Request, asked: ProtocolRequest, house: House) -> Response:
    stores_nothing = asked.fields.get("grant_type") == "client_credentials"
    with transaction_for(asked, house, writes=not stores_nothing) as session:
        answer = answered(asked, Provider(house, session))
    kind = asked.fields.get("grant_type")
    ANSWERS.labels(kind if kind in GRANT_TYPES else "other", answer.status_code).inc()
    return answer


def answered(asked: ProtocolRequest, provider: Provider) -> Response:
    """An error is an answer as well: what it has revoked is committed with it."""
    try:
        for check in CHECKS:
            check(asked)
    except OAuth2Error as error:
        return provider.refuse(asked, error)
    return provider.answer_token_request(asked)


def grant_type_is_given(asked: ProtocolRequest) -> None:
    if not asked.fields.get("grant_type"):
        raise InvalidRequestError("The grant_type is missing. The body must be application/x-www-form-urlencoded.")


CHECKS: tuple[Callable[[ProtocolRequest], None], ...] = (
    no_parameter_is_repeated,
    grant_type_is_given,
    credentials_are_sane,
)
