"""Signed links to a person's pages: they name a subscriber and a purpose, cannot be made up, and show no address."""

import base64
import binascii
import hmac

from baukasten.sdk import Keyring
from baukasten_newsletter.keys import Purpose

MAC_BYTES = 15
"""A hundred and twenty bits, which base64 writes without a rest."""
NUMBER_BYTES = 8
LONGEST = 64


def make(ring: Keyring, tenant_id: int, purpose: Purpose, subscriber_id: int, epoch: int) -> str:
    """Give the token of a link; ``epoch`` is the subscriber's, and raising it makes all links of before worthless."""
    number = subscriber_id.to_bytes(NUMBER_BYTES, "big").lstrip(b"\0")
    token = _mac(ring, tenant_id, purpose, subscriber_id, epoch) + number
    return base64.urlsafe_b64encode(token).decode("ascii").rstrip("=")


def subscriber_of(token: str) -> int | None:
    """Give the subscriber that a token names, right or wrong; nothing where it has not the form of one."""
    raw = _opened(token)
    return None if raw is None else int.from_bytes(raw[MAC_BYTES:], "big")


def is_right(token: str, ring: Keyring, tenant_id: int, purpose: Purpose, epoch: int) -> bool:
    """Tell whether a token was made here for this town, purpose and epoch, in the same time for all."""
    raw = _opened(token)
    if raw is None:
        return False
    number = int.from_bytes(raw[MAC_BYTES:], "big")
    return hmac.compare_digest(raw[:MAC_BYTES], _mac(ring, tenant_id, purpose, number, epoch))


def _opened(token: str) -> bytes | None:
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return None
    # One way of writing each number, so that a link has one address.
    number = raw[MAC_BYTES:]
    plain = 0 < len(number) <= NUMBER_BYTES and number[0] != 0 and number[0] < 128 * (1 + (len(number) < 8))
    same = base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=") == token
    return raw if plain and same else None


def _mac(ring: Keyring, tenant_id: int, purpose: Purpose, subscriber_id: int, epoch: int) -> bytes:
    return ring.mac("newsletter.link", f"{tenant_id} {purpose} {subscriber_id} {epoch}")[:MAC_BYTES]
