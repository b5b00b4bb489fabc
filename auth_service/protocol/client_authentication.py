"""Client authentication (RFC 6749 section 2.3): what has to be right before Authlib compares the secret."""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from sqlalchemy.orm import Session

from auth_service.house import House
from auth_service.protocol.client_assertion import METHOD, fetch_keys_for
from auth_service.protocol.messages import ProtocolRequest

METHODS_WITH_PROOF = ["client_secret_basic", "client_secret_post", METHOD]
METHODS = [*METHODS_WITH_PROOF, "none"]


def no_parameter_is_repeated(asked: ProtocolRequest) -> None:
    if asked.fields.repeated():
        raise InvalidRequestError("A parameter is repeated.")


def credentials_are_sane(asked: ProtocolRequest) -> None:
    """Readable, by one method only, and for the client that the body names."""
    scheme, _, encoded = asked.headers.get("Authorization", "").partition(" ")
    ways = [way for way in (scheme, asked.fields.get("client_secret"), asked.fields.get("client_assertion")) if way]
    if len(ways) > 1:
        raise InvalidRequestError("More than one client authentication was used.")
    if not scheme:
        return
    if scheme.lower() != "basic":
        raise InvalidClientError("Authenticate with HTTP Basic or in the body.", status_code=401)
    client_id = client_id_of(encoded)
    if asked.fields.get("client_id") not in (None, client_id):
        raise InvalidRequestError("The client_id is not the one that authenticates.")


def client_id_of(encoded: str) -> str:
    """Form-decoded, as RFC 6749 section 2.3.1 asks."""
    try:
        client_id, colon, _ = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise InvalidClientError("The Basic credentials can not be read.", status_code=401) from None
    if not colon or not client_id:
        raise InvalidClientError("The Basic credentials can not be read.", status_code=401)
    return unquote(client_id)


@contextmanager
def transaction_for(asked: ProtocolRequest, house: House, *, writes: bool) -> Iterator[Session]:
    """A client assertion is used up in the same transaction as what it was made for; its keys are fetched before."""
    has_assertion = asked.fields.get("client_assertion") is not None
    if has_assertion:
        fetch_keys_for(asked, house)
    database = house.database
    with database.writing() if writes or has_assertion else database.reading() as session:
        yield session
