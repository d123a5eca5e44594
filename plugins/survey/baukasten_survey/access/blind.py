"""Blind signatures (RFC 9474, RSABSSA-SHA384-PSS-Randomized): the register signs a right to answer without seeing it.

Whoever is entitled makes a token, blinds it, and has it signed by the register, which sees who asks and nothing else.
Unblinded, the token proves the right to answer and leads to nobody, also for those who hold all keys and all logs.
"""

import base64
import hashlib
import math
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from baukasten.sdk import Keyring

BITS = 2048
"""Forging a token in the months of a survey is out of reach at this size; who answered stays hidden at any size."""
EXPONENT = 65537
PREPARED_BYTES = 64
"""32 random bytes that the variant puts in front (RFC 9474, 4.1), and the token's own 32."""
DIGEST = hashes.SHA384()
PADDING = padding.PSS(padding.MGF1(DIGEST), DIGEST.digest_size)


class Unsigned(Exception):
    """What should be signed is no blinded token, or the signature came out wrong and was kept back."""


def new_key(keyring: Keyring, tenant_id: int) -> tuple[bytes, bytes]:
    """Make a survey's key: its public half, and its private half locked, both to be stored."""
    private = rsa.generate_private_key(EXPONENT, BITS)
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return public_bytes(private.public_key()), keyring.lock(_purpose(tenant_id), der)


def sign(keyring: Keyring, tenant_id: int, locked: bytes, blinded: bytes) -> bytes:
    """Sign a blinded token with a locked key; raises Unsigned, and ValueError for a key locked elsewhere."""
    der = keyring.unlock(_purpose(tenant_id), locked)
    # What opened was locked here and not changed since; the check of its primes would cost four signatures.
    private = serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("tokens are signed with RSA keys")
    return blind_sign(private, blinded)


def blind_sign(private: rsa.RSAPrivateKey, blinded: bytes) -> bytes:
    """Sign what is blinded (RFC 9474, 4.3): range first, and what was computed wrongly never leaves.

    Raises Unsigned. Python's powers take times that depend on the numbers, so the key works on a number that nobody
    chose: the base is blinded once more and the exponents have random multiples added.
    """
    numbers = private.private_numbers()
    modulus, exponent = numbers.public_numbers.n, numbers.public_numbers.e
    base = int.from_bytes(blinded, "big")
    if len(blinded) != _length(modulus) or not 0 < base < modulus or math.gcd(base, modulus) != 1:
        raise Unsigned("this is no blinded token for this key")
    mask = _unit(modulus)
    signed = _power(numbers, base * pow(mask, exponent, modulus) % modulus) * pow(mask, -1, modulus) % modulus
    if pow(signed, exponent, modulus) != base:
        # One wrong half of such a computation gives the whole key away (Boneh, DeMillo and Lipton 1997).
        raise Unsigned("the signature came out wrong")
    return signed.to_bytes(_length(modulus), "big")


def verify(public: bytes, prepared: bytes, signature: bytes) -> bool:
    """Tell whether a prepared token was signed with the key (RFC 9474, 4.5); False for anything that is none."""
    key = serialization.load_der_public_key(public)
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("tokens are signed with RSA keys")
    try:
        key.verify(signature, prepared, PADDING, DIGEST)
    except InvalidSignature:
        return False
    return len(prepared) == PREPARED_BYTES


def digest_of(prepared: bytes) -> bytes:
    """Give what a spent token is known by, so that it is spent once; the same for all signatures of one token."""
    return hashlib.sha256(b"survey token " + prepared).digest()


def public_bytes(key: rsa.RSAPublicKey) -> bytes:
    """Give a public key as it is stored and published (SubjectPublicKeyInfo, RFC 5280)."""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def web_key(public: bytes) -> dict[str, str]:
    """Give a public key as browsers read it: modulus and exponent in base64url (RFC 7518, 6.3.1)."""
    key = serialization.load_der_public_key(public)
    if not isinstance(key, rsa.RSAPublicKey):
        raise TypeError("tokens are signed with RSA keys")
    numbers = key.public_numbers()
    return {name: _web(value) for name, value in (("n", numbers.n), ("e", numbers.e))}


def fingerprint(public: bytes) -> str:
    """Give what people compare, so that the register cannot give each its own key: five groups of four signs."""
    known = hashlib.sha256(public).hexdigest()[:20]
    return " ".join(known[at : at + 4] for at in range(0, 20, 4))


def _power(numbers: rsa.RSAPrivateNumbers, base: int) -> int:
    """Raise to the private exponent by both primes (RFC 8017, 5.1.2), each exponent hidden behind a multiple."""
    p, q = numbers.p, numbers.q
    halves = [
        pow(base % prime, part + secrets.randbits(64) * (prime - 1), prime)
        for prime, part in ((p, numbers.dmp1), (q, numbers.dmq1))
    ]
    return halves[1] + (halves[0] - halves[1]) * numbers.iqmp % p * q


def _unit(modulus: int) -> int:
    """Give an evenly drawn number that has an inverse."""
    while True:
        drawn = secrets.randbelow(modulus - 1) + 1
        if math.gcd(drawn, modulus) == 1:
            return drawn


def _web(number: int) -> str:
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _length(modulus: int) -> int:
    return (modulus.bit_length() + 7) // 8


def _purpose(tenant_id: int) -> str:
    return f"survey.blind {tenant_id}"
