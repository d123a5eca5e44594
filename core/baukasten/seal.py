"""The installation's seal: an Ed25519 key (RFC 8032) that proves where a file comes from and that nobody changed it."""

import base64
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"baukasten seal ed25519 1"
"""What the installation's secret is used for here (HKDF, RFC 5869); forms and links come from it otherwise."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs as the installation; the key is derived from its secret, so that all machines have the same."""

    _key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> "Seal":
        """Derive the key; whoever knows the secret can sign, and a new secret makes a new key."""
        seed = HKDF(hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode("utf-8"))
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    def sign(self, data: bytes) -> bytes:
        """Give the signature of some bytes, 64 bytes long."""
        return self._key.sign(data)

    @property
    def public_key(self) -> str:
        """Give the public key as people compare and copy it: 32 bytes in base64."""
        raw = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return base64.b64encode(raw).decode("ascii")


def is_signed(public_key: str, signature: bytes, data: bytes) -> bool:
    """Tell whether a signature over the bytes was made with the key's private half; False for a key that is none."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def as_pem(public_key: str) -> bytes:
    """Give a public key as OpenSSL reads it."""
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
