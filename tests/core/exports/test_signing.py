"""Signing in the name of the installation."""

import dataclasses

import pytest

from baukasten.errors import Unavailable
from baukasten.exports import signing
from baukasten.seal import Seal, is_signed


def test_a_signature_is_the_installations(session, base_config, client):
    key = signing.public_key(session)
    assert key == Seal.of(base_config.secret_key).public_key
    assert is_signed(key, signing.sign(session, b"words"), b"words")
    answer = client.get("/api/v1/signing-key")
    assert answer.get_json() == {"algorithm": "Ed25519", "public_key": key}


def test_without_a_seal_nothing_is_signed(session):
    session.contract = dataclasses.replace(session.contract, seal=None)
    with pytest.raises(Unavailable):
        signing.sign(session, b"words")
