"""The authorization request, checked top to bottom; each check is named after the parameter it guards.

Until the redirect URI is known to be right, an error is a page; after it, an answer to the product (RFC 6749 section
4.1.2.1). The checks never call one another; `examine` runs them in this order.
"""
# mypy: disable-error-code="no-untyped-call"

import re
from collections.abc import Callable

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    InvalidRequestError,
    InvalidScopeError,
    UnauthorizedClientError,
    UnsupportedResponseTypeError,
)

from auth_service.keys.tokens import IDENTITY, TokenRefused, read
from auth_service.products.product import Product
from auth_service.protocol.authorization_code import nonce_was_redeemed
from auth_service.protocol.authorization_request import Asked
from auth_service.protocol.id_token import HOW
from auth_service.protocol.prompts import PROMPTS
from auth_service.protocol.requested_claims import read_claims
from auth_service.protocol.response_mode import RESPONSE_MODES

S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # the length of a SHA-256 in base64url (RFC 7636 section 4.2)
LONGEST_VALUE = 2000


def client_id(asked: Asked) -> None:
    if len(asked.fields.all("client_id")) != 1:
        raise InvalidRequestError("The request does not say which product it is for.")
    product = asked.session.get(Product, asked.get("client_id") or "")
    if product is None:
        raise InvalidRequestError("No product is registered under this client_id.")
    if not product.active:
        raise InvalidRequestError(f"{product.name} was switched off. An admin can switch it on again.")
    asked.product = product


def redirect_uri(asked: Asked) -> None:
    """Exactly one of the registered strings (RFC 9700 section 2.1); it may be left out when there is only one."""
    given = asked.fields.all("redirect_uri")
    if len(given) > 1:
        raise InvalidRequestError("The request names more than one redirect_uri.")
    uri = given[0] if given else asked.product.get_default_redirect_uri()
    if uri is None or not asked.product.check_redirect_uri(uri):
        raise InvalidRequestError("The redirect_uri is not one that this product has registered.")
    asked.redirect_uri = uri


def repetition(asked: Asked) -> None:
    if asked.fields.repeated():
        raise InvalidRequestError("A parameter is repeated.")


def length(asked: Asked) -> None:
    if any(len(value) > LONGEST_VALUE for name, value in asked.fields.data.items() if name != "id_token_hint"):
        raise InvalidRequestError("A parameter is too long.")


def request_object(asked: Asked) -> None:
    """OpenID Connect Core section 6: refused with the error made for it, until they are supported."""
    for name in ("request", "request_uri", "registration"):
        if asked.get(name):
            raise NotSupportedError(error=f"{name}_not_supported")


def response_type(asked: Asked) -> None:
    given = asked.get("response_type")
    if given is None:
        raise InvalidRequestError("The response_type is missing.")
    if given != "code":
        raise UnsupportedResponseTypeError("code")
    if not asked.product.check_response_type(given):
        raise UnauthorizedClientError("This product may not use the authorization code flow.")


def response_mode(asked: Asked) -> None:
    if asked.get("response_mode") not in (None, *RESPONSE_MODES):
        raise InvalidRequestError("The response_mode must be query or form_post.")


def scope(asked: Asked) -> None:
    """Scopes that this product may not have are left out, and an unknown one is nobody's (Core section 3.1.2.1)."""
    asked.scope = asked.product.get_allowed_scope(asked.get("scope"))
    if not asked.scope:
        raise InvalidScopeError("No scope was asked for that this product may have.")


def code_challenge(asked: Asked) -> None:
    """PKCE by S256, from every product (RFC 9700 section 2.1.1)."""
    if asked.get("code_challenge") is None:
        raise InvalidRequestError("The code_challenge is missing. Switch on PKCE with S256 in your client library.")
    if asked.get("code_challenge_method") != "S256":
        raise InvalidRequestError("The code_challenge_method must be S256.")
    if not S256_CHALLENGE.fullmatch(asked.get("code_challenge") or ""):
        raise InvalidRequestError("The code_challenge is not that of S256.")


def nonce(asked: Asked) -> None:
    given = asked.get("nonce")
    if given and nonce_was_redeemed(asked.session, asked.product.client_id, given):
        raise InvalidRequestError("The nonce was used before.")


def prompt(asked: Asked) -> None:
    asked.prompts = frozenset((asked.get("prompt") or "").split())
    if not asked.prompts <= set(PROMPTS):
        raise InvalidRequestError("The prompt has a value that is not supported.")
    if "none" in asked.prompts and len(asked.prompts) > 1:
        raise InvalidRequestError("The prompt none stands alone.")


def max_age(asked: Asked) -> None:
    given = asked.get("max_age")
    if given is None:
        return
    if not re.fullmatch(r"[0-9]{1,9}", given):
        raise InvalidRequestError("The max_age is not a number of seconds.")
    asked.max_age_seconds = int(given)


def id_token_hint(asked: Asked) -> None:
    """One of our own, for this product; it may have expired (Core section 3.1.2.1)."""
    hint = asked.get("id_token_hint")
    if hint is None:
        return
    try:
        told = read(
            hint,
            keyring=asked.house.keyring,
            typ=IDENTITY,
            issuer=asked.house.issuer,
            audience=asked.product.client_id,
            required=("iss", "sub", "aud"),
            now=asked.house.clock(),
            expired_is_fine=True,
        )
    except TokenRefused:
        raise InvalidRequestError("The id_token_hint is not one that we issued for this product.") from None
    asked.hinted_person_id = told["sub"]


def claims(asked: Asked) -> None:
    """Core section 5.5; a `sub` with a value is a hint that must come true (section 3.1.2.2)."""
    wanted = read_claims(asked.get("claims"))
    asked.claims = wanted.kept_for(asked.product)
    if wanted.needed_acrs and HOW["acr"] not in wanted.needed_acrs:
        raise UnmetAuthenticationError
    people = wanted.subjects | ({asked.hinted_person_id} if asked.hinted_person_id else set())
    if len(people) > 1:
        raise InvalidRequestError("The claims and the id_token_hint ask for different people.")
    asked.hinted_person_id = next(iter(people), None)


CHECKS: tuple[Callable[[Asked], None], ...] = (
    client_id,
    redirect_uri,
    repetition,
    length,
    request_object,
    response_type,
    response_mode,
    scope,
    code_challenge,
    nonce,
    prompt,
    max_age,
    id_token_hint,
    claims,
)


def examine(asked: Asked) -> None:
    """Raises OAuth2Error at the first thing that is wrong."""
    for check in CHECKS:
        check(asked)


class NotSupportedError(OAuth2Error):
    description = "This parameter is not supported."


class UnmetAuthenticationError(OAuth2Error):
    """OpenID Connect Core Unmet Authentication Requirements 1.0, section 3."""

    error = "unmet_authentication_requirements"
    description = "People do not sign in here in the way that was asked for as essential."
