"""RSASSA-PSS (RFC 7518 section 3.5), which python-jose does not know: verification only, for products that sign so."""

from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jose import jwk
from jose.backends.base import Key
from jose.utils import base64_to_long

HASHES: dict[str, hashes.HashAlgorithm] = {
    "PS256": hashes.SHA256(),
    "PS384": hashes.SHA384(),
    "PS512": hashes.SHA512(),
}
SMALLEST_MODULUS_BITS = 2048


class PssKey(Key):
    def __init__(self, key: dict[str, Any], algorithm: str) -> None:
        """`key`: a public JWK. Raises ValueError."""
        self.key = rsa.RSAPublicNumbers(base64_to_long(key["e"]), base64_to_long(key["n"])).public_key()
        if self.key.key_size < SMALLEST_MODULUS_BITS:
            raise ValueError("too short an RSA key")
        self.hash = HASHES[algorithm]

    def sign(self, msg: bytes) -> bytes:
        raise TypeError("a public key can not sign")

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """The salt is as long as the hash, and no other."""
        try:
            salted = padding.PSS(padding.MGF1(self.hash), self.hash.digest_size)
            self.key.verify(sig, msg, salted, self.hash)
        except InvalidSignature:
            return False
        return True

    def public_key(self) -> Self:
        return self

    def to_dict(self) -> dict[str, Any]:
        raise TypeError("a key of somebody else is not handed on")


for name in HASHES:
    jwk.register_key(name, PssKey)
