"""Keys differ by purpose and installation; what was locked opens only where it was locked."""

import pytest

from baukasten.keyring import NONCE_BYTES, Keyring

RING, OTHER = Keyring.of("a secret of this house"), Keyring.of("a secret of another house")


def test_hashes_are_equal_for_equal_things_alone():
    known = RING.mac("address", "anna@post.example")
    assert known == RING.mac("address", b"anna@post.example")
    others = [
        RING.mac("message", "anna@post.example"),
        RING.mac("address", "ben@post.example"),
        OTHER.mac("address", "anna@post.example"),
    ]
    assert len({known, *others}) == 4
    assert len(known) == 32


def test_what_is_locked_opens_with_the_same_secret_and_purpose_alone():
    locked = RING.lock("dkim", b"a private key")
    assert RING.unlock("dkim", locked) == b"a private key"
    assert (b"private" in locked, len(locked)) == (False, 13 + NONCE_BYTES + 16)
    assert RING.lock("dkim", b"a private key") != locked
    for ring, purpose in ((OTHER, "dkim"), (RING, "mac")):
        with pytest.raises(ValueError, match="not locked here"):
            ring.unlock(purpose, locked)


@pytest.mark.parametrize("broken", [b"", b"short", bytes(60)])
def test_what_was_changed_does_not_open(broken):
    with pytest.raises(ValueError, match="not locked here"):
        RING.unlock("dkim", broken)


def test_a_ring_shows_no_secret():
    assert "secret of" not in repr(RING)
