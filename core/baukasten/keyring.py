"""Keys for every purpose, drawn from the installation's secret: keyed hashes, and secrets locked while they lie."""

import hmac
import os
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
"""What AES-GCM wants (NIST SP 800-38D)."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """One key a purpose (HKDF, RFC 5869): what was made for one purpose is worth nothing for another."""

    _secret: str = field(repr=False)

    @classmethod
    def of(cls, secret: str) -> "Keyring":
        """Draw from the installation's secret; a new secret makes all hashes and locks of the old one worthless."""
        return cls(secret)

    def mac(self, purpose: str, data: bytes | str) -> bytes:
        """Give the keyed hash of something, 32 bytes: equal for equal things, telling nothing without the secret."""
        known = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        # In one call: it is asked several times for each of many mails.
        return hmac.digest(_key(self._secret, f"mac {purpose}"), known, "sha256")

    def lock(self, purpose: str, data: bytes) -> bytes:
        """Encrypt something to be stored; 28 bytes longer than it was."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(_key(self._secret, f"lock {purpose}")).encrypt(nonce, data, None)

    def unlock(self, purpose: str, locked: bytes) -> bytes:
        """Give back what was locked; raises ValueError for what was changed or locked otherwise."""
        nonce, data = locked[:NONCE_BYTES], locked[NONCE_BYTES:]
        try:
            return AESGCM(_key(self._secret, f"lock {purpose}")).decrypt(nonce, data, None)
        except (InvalidTag, ValueError) as error:
            raise ValueError(f"this was not locked here for {purpose}") from error


@lru_cache(maxsize=256)
def _key(secret: str, purpose: str) -> bytes:
    info = f"baukasten {purpose}".encode()
    return HKDF(hashes.SHA256(), length=32, salt=None, info=info).derive(secret.encode("utf-8"))
