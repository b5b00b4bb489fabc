"""One secret in the settings, a key of its own for every use (HKDF, RFC 5869)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr


def derived_key(secret: SecretStr, label: str) -> bytes:
    """32 bytes; knowing one tells nothing about the secret or about the key of another label."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"aTES auth_service: {label}".encode())
    return hkdf.derive(secret.get_secret_value().encode())


def keyed(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 over parts that can not run into one another."""
    message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hmac.digest(key, message, "sha256")


def fingerprint(secret_text: str) -> str:
    """What the database keeps of a long random secret: enough to recognise it, useless to a thief."""
    return hashlib.sha256(secret_text.encode()).hexdigest()


@dataclass(frozen=True, repr=False)
class DerivedKeys:
    pepper: bytes
    portrait: bytes
    succession: bytes
    device: bytes
    cursor: bytes
    hatching: Fernet
    sealing: Fernet

    @classmethod
    def of(cls, secret: SecretStr) -> "DerivedKeys":
        return cls(
            pepper=derived_key(secret, "beak pepper"),
            portrait=derived_key(secret, "portrait"),
            succession=derived_key(secret, "refresh token succession"),
            device=derived_key(secret, "known device"),
            cursor=derived_key(secret, "page cursor"),
            hatching=Fernet(base64.urlsafe_b64encode(derived_key(secret, "offered beaks"))),
            sealing=Fernet(base64.urlsafe_b64encode(derived_key(secret, "signing key encryption"))),
        )
