"""The ID token (OpenID Connect Core sections 2, 3.1.3.6 and 12.2), added to the answer when `openid` was granted."""
# mypy: disable-error-code="no-untyped-call"

from datetime import timedelta
from typing import Any

from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.util import create_half_hash

from auth_service.clock import seconds
from auth_service.house import House
from auth_service.keys.tokens import IDENTITY, issue
from auth_service.products.product import Product
from auth_service.protocol.claims import claims_about
from auth_service.sessions.admission import Admission

LIFE = timedelta(minutes=10)
HOW = {"acr": "urn:uberpopug:beak", "amr": ["pwd"]}  # a beak shape is a memorised or kept secret (RFC 8176)


class IdToken(OpenIDCode):
    """Authlib decides when an ID token is due; what is in it and how it is signed is decided here."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house = house

    def __call__(self, grant: Any) -> None:
        # The nonce and the prompt are checked in authorization_checks, before anyone is asked to sign in.
        grant.register_hook("after_create_token_response", self.process_token)

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        claims = self.about_sign_in(request.client, request.admission_made)
        if request.authorization_code and request.authorization_code.nonce:
            claims["nonce"] = request.authorization_code.nonce
        also = request.admission_made.claims_for("id_token")
        claims |= claims_about(request.user, token["scope"], issuer=self.house.issuer, also=also)
        return self.signed(claims, request.client, token["access_token"])

    def about_sign_in(self, product: Product, admission: Admission) -> dict[str, Any]:
        now = self.house.clock()
        return {
            "iss": self.house.issuer,
            "aud": product.client_id,
            "iat": seconds(now),
            "exp": seconds(now + LIFE),
            "auth_time": seconds(
                admission.signed_in_at
            ),  # when the person really signed in, not when the code was made
            "sid": admission.session_id,
            **HOW,
        }

    def signed(self, claims: dict[str, Any], product: Product, access_token: str) -> str:
        algorithm = product.id_token_signed_response_alg
        claims["at_hash"] = create_half_hash(access_token, algorithm).decode()
        return issue(claims, signer=self.house.keyring.signer(algorithm), typ=IDENTITY)
