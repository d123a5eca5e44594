"""Whoever holds a token, in Python: prepares it, blinds it, takes the blinding off (RFC 9474, 4.1, 4.2, 4.4)."""

import hashlib
import math
import secrets

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from baukasten_survey.access import blind as register

SALT_BYTES = 48


def prepare(message: bytes) -> bytes:
    return secrets.token_bytes(32) + message


def blind(public: bytes, prepared: bytes, salt: bytes = b"", inverse: int = 0) -> tuple[bytes, int]:
    """Give what the register signs, and the secret that takes the blinding off again; salt and secret are drawn."""
    numbers = _numbers(public)
    encoded = int.from_bytes(
        _encode(prepared, numbers.n.bit_length() - 1, salt or secrets.token_bytes(48)), "big"
    )
    secret = inverse or _unit(numbers.n)
    hidden = pow(pow(secret, -1, numbers.n), numbers.e, numbers.n)
    return (encoded * hidden % numbers.n).to_bytes(_length(numbers.n), "big"), secret


def finalize(public: bytes, prepared: bytes, blind_signature: bytes, secret: int) -> bytes:
    numbers = _numbers(public)
    plain = int.from_bytes(blind_signature, "big") * secret % numbers.n
    signature = plain.to_bytes(_length(numbers.n), "big")
    assert register.verify(public, prepared, signature)
    return signature


def _encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017, 9.1.1)."""
    length = -(-bits // 8)
    known = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    data = b"\1" + salt
    data = bytes(length - len(known) - 1 - len(data)) + data
    rounds = range(-(-len(data) // len(known)))
    mask = b"".join(hashlib.sha384(known + count.to_bytes(4, "big")).digest() for count in rounds)
    masked = bytearray(one ^ other for one, other in zip(data, mask, strict=False))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + known + b"\xbc"


def _numbers(public: bytes) -> rsa.RSAPublicNumbers:
    key = serialization.load_der_public_key(public)
    assert isinstance(key, rsa.RSAPublicKey)
    return key.public_numbers()


def _unit(modulus: int) -> int:
    while True:
        drawn = secrets.randbelow(modulus - 1) + 1
        if math.gcd(drawn, modulus) == 1:
            return drawn


def _length(modulus: int) -> int:
    return -(-modulus.bit_length() // 8)
