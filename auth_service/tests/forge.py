"""A forge for tokens of this house: it holds the house's own keys, so that only the one wrong thing can be refused."""

import base64
import json
from typing import Any

from auth_service.house import House
from auth_service.tests.product import payload_of
from forged_tokens import Forge


def header_of(token: str) -> dict[str, Any]:
    part = token.split(".")[0]
    header: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return header


def forge_after(token: str, house: House, *, required: tuple[str, ...]) -> Forge:
    """Makes tokens like this one of ours. `required`: the claims that must be in it."""
    header = header_of(token)
    signer = house.keyring.signer(header["alg"])
    return Forge(
        sign=signer.key.sign,
        public_jwk=next(key for key in house.keyring.jwks()["keys"] if key["kid"] == header["kid"]),
        algorithm=header["alg"],
        typ=header["typ"],
        claims=payload_of(token),
        required=required,
        other_kid=house.keyring.signer("EdDSA").kid,
        now=int(house.clock().timestamp()),
    )
