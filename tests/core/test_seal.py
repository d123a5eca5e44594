"""The installation's seal."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from baukasten.seal import Seal, as_pem, is_signed


def test_the_same_secret_makes_the_same_seal():
    one, again, other = Seal.of("secret"), Seal.of("secret"), Seal.of("another")
    assert one.public_key == again.public_key != other.public_key
    assert one.sign(b"words") == again.sign(b"words") != other.sign(b"words")
    assert len(one.sign(b"")) == 64


def test_what_was_changed_is_not_signed():
    seal = Seal.of("secret")
    signature = seal.sign(b"words")
    assert is_signed(seal.public_key, signature, b"words")
    assert not is_signed(seal.public_key, signature, b"word")
    assert not is_signed(seal.public_key, bytes([signature[0] ^ 1]) + signature[1:], b"words")
    assert not is_signed(Seal.of("another").public_key, signature, b"words")


def test_garbage_is_no_key():
    for key in ("", "ä", "AAAA", "x" * 44, base64.b64encode(b"\xff" * 33).decode()):
        assert not is_signed(key, b"", b"words")


def test_others_can_read_the_key():
    seal = Seal.of("secret")
    loaded = load_pem_public_key(as_pem(seal.public_key))
    assert isinstance(loaded, Ed25519PublicKey)
    assert base64.b64encode(loaded.public_bytes_raw()).decode() == seal.public_key
    loaded.verify(seal.sign(b"words"), b"words")
    with pytest.raises(InvalidSignature):
        loaded.verify(seal.sign(b"words"), b"other words")


def test_a_seal_does_not_tell_its_secret():
    assert "Private" not in repr(Seal.of("secret"))
