"""EdDSA over Ed25519 (RFC 8037) as a key that python-jose, which knows none of it, can sign and verify with."""

from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jose import jwk
from jose.backends.base import Key
from jose.utils import base64url_decode, base64url_encode

EDDSA = "EdDSA"


class Ed25519Key(Key):
    def __init__(self, key: Any, algorithm: str = EDDSA) -> None:
        """`key`: one of `cryptography`, or a private key in PEM, or a public JWK."""
        self.key: Ed25519PrivateKey | Ed25519PublicKey = parsed(key)

    def sign(self, msg: bytes) -> bytes:
        if not isinstance(self.key, Ed25519PrivateKey):
            raise TypeError("a public key can not sign")
        return self.key.sign(msg)

    def verify(self, msg: bytes, sig: bytes) -> bool:
        try:
            self.public().verify(sig, msg)
        except InvalidSignature:
            return False
        return True

    def public_key(self) -> Self:
        return type(self)(self.public())

    def to_dict(self) -> dict[str, Any]:
        """The public half (RFC 8037 section 2); the private one leaves the database sealed only."""
        raw = self.public().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"alg": EDDSA, "kty": "OKP", "crv": "Ed25519", "x": base64url_encode(raw).decode()}

    def public(self) -> Ed25519PublicKey:
        return self.key.public_key() if isinstance(self.key, Ed25519PrivateKey) else self.key


def parsed(key: Any) -> Ed25519PrivateKey | Ed25519PublicKey:
    if isinstance(key, dict):
        key = Ed25519PublicKey.from_public_bytes(base64url_decode(key["x"].encode()))
    elif isinstance(key, str | bytes):
        key = serialization.load_pem_private_key(key.encode() if isinstance(key, str) else key, password=None)
    if not isinstance(key, Ed25519PrivateKey | Ed25519PublicKey):
        raise TypeError("not an Ed25519 key")
    return key


jwk.register_key(EDDSA, Ed25519Key)
