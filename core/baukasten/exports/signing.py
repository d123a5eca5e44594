"""Signing what leaves the house, in the name of the installation."""

from baukasten.db.session import Scope
from baukasten.errors import Unavailable
from baukasten.seal import Seal


def sign(session: Scope, data: bytes) -> bytes:
    """Give the installation's Ed25519 signature of some bytes; raises Unavailable in a process without a seal."""
    return _seal(session).sign(data)


def public_key(session: Scope) -> str:
    """Give the key by which everybody can check signatures, in base64; raises Unavailable without a seal."""
    return _seal(session).public_key


def _seal(session: Scope) -> Seal:
    if session.contract.seal is None:
        raise Unavailable
    return session.contract.seal
