"""Client authentication (RFC 6749 section 2.3): what has to be right before Authlib compares the secret."""

import base64
import binascii
from urllib.parse import unquote

from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError

from auth_service.protocol.messages import ProtocolRequest


def no_parameter_is_repeated(asked: ProtocolRequest) -> None:
    if asked.fields.repeated():
        raise InvalidRequestError("A parameter is repeated.")


def credentials_are_sane(asked: ProtocolRequest) -> None:
    """Readable, by one method only, and for the client that the body names."""
    scheme, _, encoded = asked.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return
    if scheme.lower() != "basic":
        raise InvalidClientError("Authenticate with HTTP Basic or in the body.", status_code=401)
    if asked.fields.get("client_secret"):
        raise InvalidRequestError("More than one client authentication was used.")
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
