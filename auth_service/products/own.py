"""The house's own products, frontend and backend, registered from the settings at every start."""
# ruff: noqa: S106 (names of RFC 7591 that only sound like secrets)

from datetime import datetime

from pydantic import SecretStr
from sqlalchemy.orm import Session

from auth_service.keys.derivation import fingerprint
from auth_service.products.product import Product
from auth_service.settings import Settings

FRONTEND_SCOPE = "openid profile email roles offline_access ates people:read people:write administration"


def register_own_products(session: Session, settings: Settings, *, at: datetime) -> None:
    if settings.frontend_secret and settings.frontend_url:
        put(session, frontend(settings.frontend_url, settings, settings.frontend_secret, at=at))
    if settings.backend_secret:
        put(session, own("backend", "Task exchange", settings.backend_secret, at=at))


def put(session: Session, product: Product) -> None:
    if before := session.get(Product, product.client_id):
        product.created_at = before.created_at
    session.merge(product)


def own_client_ids(settings: Settings) -> frozenset[str]:
    """They are changed in the settings and nowhere else."""
    frontend = {"frontend"} if settings.frontend_secret and settings.frontend_url else set()
    return frozenset(frontend | ({"backend"} if settings.backend_secret else set()))


def frontend(url: str, settings: Settings, secret: SecretStr, *, at: datetime) -> Product:
    product = own("frontend", "aTES", secret, at=at)
    product.client_uri = url
    product.scope = FRONTEND_SCOPE
    product.grant_types = ["authorization_code", "refresh_token"]
    product.redirect_uris = [f"{url}/callback"]
    product.post_logout_redirect_uris = [f"{url}/signed-out"]
    product.backchannel_logout_uri = back_channel_of(url, settings)
    return product


def back_channel_of(url: str, settings: Settings) -> str:
    return f"{settings.frontend_internal_url or url}/back-channel-logout"


def own_callbacks(settings: Settings) -> frozenset[str]:
    """What whoever runs the installation has set; it may well be inside of the own network."""
    return frozenset([back_channel_of(settings.frontend_url, settings)] if settings.frontend_url else [])


def own(client_id: str, name: str, secret: SecretStr, *, at: datetime) -> Product:
    return Product(
        client_id=client_id,
        name=name,
        client_uri=None,
        secret_hash=fingerprint(secret.get_secret_value()),
        token_endpoint_auth_method="client_secret_basic",
        jwks=None,
        jwks_uri=None,
        roles=[],
        people=[],
        grant_types=["client_credentials"],
        redirect_uris=[],
        post_logout_redirect_uris=[],
        backchannel_logout_uri=None,
        id_token_signed_response_alg="RS256",
        userinfo_signed_response_alg=None,
        scope="people:read",
        trusted=True,
        created_at=at,
    )
