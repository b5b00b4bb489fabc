"""What must not be read from the database or a cookie is sealed: AES-256-GCM under keys derived from one secret.

A seal is bound to its place (the session it belongs to, the purpose of a cookie): moved elsewhere, it does not open.
"""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class BrokenSeal(Exception):
    """Not sealed by us, or sealed for another place."""


class Vault:
    def __init__(self, secret: str, *, label: str) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"ates frontend {label}".encode())
        self._cipher = AESGCM(derive.derive(secret.encode()))

    def seal(self, plain: str, *, place: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), place.encode())

    def unseal(self, sealed: bytes, *, place: str) -> str:
        """Raises BrokenSeal."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal from error

    def seal_text(self, plain: str, *, place: str) -> str:
        return base64.urlsafe_b64encode(self.seal(plain, place=place)).decode().rstrip("=")

    def unseal_text(self, sealed: str, *, place: str) -> str:
        """Raises BrokenSeal."""
        try:
            return self.unseal(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), place=place)
        except ValueError as error:
            raise BrokenSeal from error
