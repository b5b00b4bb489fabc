"""client_secret_basic and client_secret_post (RFC 6749 section 2.3.1), with secrets that have a successor already."""

from collections.abc import Callable

from authlib.oauth2.rfc6749.util import extract_basic_authorization

from auth_service.house import House
from auth_service.products.product import Product
from auth_service.protocol.messages import ProtocolRequest

Credentials = tuple[str | None, str | None]


def in_header(asked: ProtocolRequest) -> Credentials:
    client_id, secret = extract_basic_authorization(asked.headers)  # form-decoded
    return client_id, secret


def in_body(asked: ProtocolRequest) -> Credentials:
    return asked.fields.get("client_id"), asked.fields.get("client_secret")


class ClientSecret:
    """One of Authlib's client authentication methods, in the place of its own, which knows of no hour."""

    def __init__(self, house: House, credentials: Callable[[ProtocolRequest], Credentials]) -> None:
        self.house, self.credentials = house, credentials

    def __call__(self, query_client: Callable[[str], Product | None], asked: ProtocolRequest) -> Product | None:
        client_id, secret = self.credentials(asked)
        product = query_client(client_id) if client_id and secret else None
        return product if product and secret and product.knows_secret(secret, at=self.house.clock()) else None
