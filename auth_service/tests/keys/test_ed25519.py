"""EdDSA: what python-jose is taught, against the vectors of RFC 8032 and 8037 and against joserfc."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet

from auth_service.house import House
from auth_service.keys.ed25519 import Ed25519Key
from auth_service.keys.signing_key import Algorithm, new_private_key
from auth_service.products.registration import ClientMetadata, register
from auth_service.tests.conftest import Member
from auth_service.tests.product import ISSUER, Product, payload_of
from auth_service.tests.visitor import Visitor

# joserfc would rather have the newer name Ed25519 (RFC 9864); OpenID Connect clients know the old one.
pytestmark = pytest.mark.filterwarnings("ignore:EdDSA is deprecated")

RFC_8037_PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_8037_PRIVATE = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")


def test_the_public_key_of_the_rfcs_example_is_theirs() -> None:
    key = Ed25519Key(Ed25519PrivateKey.from_private_bytes(RFC_8037_PRIVATE))
    assert key.to_dict() == {"alg": "EdDSA", "kty": "OKP", "crv": "Ed25519", "x": RFC_8037_PUBLIC}


def test_the_signature_of_the_rfcs_example_is_theirs() -> None:
    """RFC 8032 section 7.1, test 1: the empty message."""
    key = Ed25519Key(Ed25519PrivateKey.from_private_bytes(RFC_8037_PRIVATE))
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974")


def test_a_public_key_verifies_and_does_not_sign() -> None:
    private = Ed25519Key(new_private_key(Algorithm.EDDSA))
    public = Ed25519Key(private.to_dict())
    assert public.verify(b"crackers", private.sign(b"crackers"))
    assert not public.verify(b"Crackers", private.sign(b"crackers"))
    assert not private.public_key().verify(b"crackers", b"short")
    with pytest.raises(TypeError):
        public.sign(b"crackers")


def test_a_key_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError):
        Ed25519Key(new_private_key(Algorithm.ES256))
    with pytest.raises(TypeError):
        Ed25519Key(generate_private_key(public_exponent=65537, key_size=2048))


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_a_product_chooses_how_its_id_tokens_are_signed(
    house: House, client: TestClient, visitor: Visitor, ann: Member, algorithm: str
) -> None:
    metadata = {"redirect_uris": ["https://x.example/cb"], "id_token_signed_response_alg": algorithm}
    with house.database.writing() as session:
        registered, secret = register(session, ClientMetadata.model_validate(metadata), trusted=True, at=house.clock())
    product = Product(client, registered.client_id, secret, "https://x.example/cb")
    id_token = visitor.tokens_for(product, ann.beak)["id_token"]
    keys = KeySet.import_key_set(client.get("/jwks").json())
    claims = jwt.decode(id_token, keys, algorithms=[algorithm]).claims
    assert claims == payload_of(id_token)
    assert (claims["iss"], claims["sub"]) == (ISSUER, ann.id)


def test_the_at_hash_of_eddsa_is_half_a_sha512(house: House, client: TestClient, visitor: Visitor, ann: Member) -> None:
    """As the errata of OpenID Connect Core has it for EdDSA over Ed25519: 32 of 64 bytes."""
    metadata = {"redirect_uris": ["https://x.example/cb"], "id_token_signed_response_alg": "EdDSA"}
    with house.database.writing() as session:
        registered, secret = register(session, ClientMetadata.model_validate(metadata), trusted=True, at=house.clock())
    product = Product(client, registered.client_id, secret, "https://x.example/cb")
    assert len(payload_of(visitor.tokens_for(product, ann.beak)["id_token"])["at_hash"]) == 43
