"""Signed addresses: ``antwort+<token>@town``, where the token names town, member and matter and cannot be made up."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from baukasten.web.mailaddresses import LONGEST_LOCAL_PART

MAC_BYTES = 10
"""Eighty bits, the least that RFC 2104 allows; whoever guesses has to ask the server each time."""
LONGEST_HEADER = 20_000
_SIGNED = re.compile(r"(?<![a-z0-9])([a-z]{3,12})\+([a-z2-7]{20,60})(?=[.@])")


@dataclass(frozen=True, slots=True)
class Signed:
    """Whom and what a signed address stands for."""

    purpose: str
    tenant_id: int
    member_id: int
    target_id: int


def local_part(secret: str, signed: Signed) -> str:
    """Give the part before the @; raises ValueError where the numbers are too large for the 64 letters of RFC 5321."""
    numbers = b"".join(map(_packed, (signed.tenant_id, signed.member_id, signed.target_id)))
    made = f"{signed.purpose}+{_written(_mac(secret, signed.purpose, numbers) + numbers)}"
    if len(made) > LONGEST_LOCAL_PART:
        raise ValueError(f"the address {signed.purpose} becomes too long")
    return made


def read(secret: str, value: str) -> Signed | None:
    """Give what an address or a Message-ID of ours stands for; nothing where it is not ours or was tampered with.

    Servers and people change the case of letters, so it says nothing here.
    """
    for found in _SIGNED.finditer(value[:LONGEST_HEADER].lower()):
        signed = _opened(secret, found[1], found[2])
        if signed is not None:
            return signed
    return None


def every(secret: str, value: str) -> Iterator[Signed]:
    """Give what all signed addresses in a text stand for, in their order; the text is bounded by who asks."""
    for found in _SIGNED.finditer(value.lower()):
        signed = _opened(secret, found[1], found[2])
        if signed is not None:
            yield signed


def first(secret: str, values: Iterable[str]) -> Signed | None:
    """Give what the first signed address among some headers stands for."""
    return next((signed for value in values if (signed := read(secret, value))), None)


def looks_signed(value: str) -> bool:
    """Tell whether something has the form of a signed address, right or wrong."""
    return _SIGNED.search(value[:LONGEST_HEADER].lower()) is not None


def _written(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _opened(secret: str, purpose: str, token: str) -> Signed | None:
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
    except binascii.Error:
        return None
    if _written(raw) != token:
        # The last letter has bits to spare: one address, one way of writing it.
        return None
    mac, numbers = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(secret, purpose, numbers)):
        return None
    unpacked = _unpacked(numbers)
    return Signed(purpose, *unpacked) if len(unpacked) == 3 else None


def _mac(secret: str, purpose: str, numbers: bytes) -> bytes:
    known = f"mail:{purpose}:".encode() + numbers
    return hmac.new(secret.encode(), known, hashlib.sha256).digest()[:MAC_BYTES]


def _packed(number: int) -> bytes:
    """Write a number in as few bytes as it needs, after their count."""
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([len(raw)]) + raw


def _unpacked(raw: bytes) -> list[int]:
    numbers = []
    while raw:
        end = 1 + raw[0]
        numbers.append(int.from_bytes(raw[1:end], "big"))
        raw = raw[end:]
    return numbers
