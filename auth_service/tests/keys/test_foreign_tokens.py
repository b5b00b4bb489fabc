"""The key set that a product registers: public keys for signatures, strong enough, and kept as they came."""

import json
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey
from pydantic import ValidationError

from auth_service.house import House
from auth_service.products.registration import ClientMetadata, as_registered, register

EC = ECKey.generate_key("P-256")
PUBLIC = EC.as_dict(private=False)


def metadata(*keys: Any) -> dict[str, Any]:
    return {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": list(keys)}}


def test_the_key_set_is_kept_and_shown(house: House) -> None:
    with house.database.writing() as session:
        wanted = ClientMetadata.model_validate_json(json.dumps(metadata(PUBLIC)))
        answer = as_registered(*register(session, wanted, trusted=False, at=house.clock()))
    assert answer["jwks"] == {"keys": [PUBLIC]}
    assert "client_secret" not in answer


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [PUBLIC] * 11,
        ["x"],
        [EC.as_dict(private=True)],
        [OctKey.generate_key(256).as_dict(private=True)],
        [PUBLIC | {"use": "enc"}],
        [PUBLIC | {"alg": "RS256"}],
        [PUBLIC | {"crv": "P-999"}],
        [PUBLIC | {"x": "AAAA"}],
        [{"kty": "EC", "crv": "P-256"}],
        [{"kty": "RSA", "e": "AQAB", "n": "w" * 171}],
        [OKPKey.generate_key("X25519").as_dict(private=False)],
        [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}],
    ],
)
def test_a_key_set_that_proves_nothing_is_refused(keys: list[Any]) -> None:
    with pytest.raises(ValidationError):
        ClientMetadata.model_validate(metadata(*keys))


def test_a_product_that_signs_needs_keys() -> None:
    with pytest.raises(ValidationError, match="jwks"):
        ClientMetadata.model_validate({"token_endpoint_auth_method": "private_key_jwt"})
