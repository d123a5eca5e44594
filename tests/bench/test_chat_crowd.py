"""Frames are counted in one glance only where they are all whole and of one length."""

import pytest

from bench.chat_crowd import _alike


def served(size, filling=b"x"):
    return bytes((0x81, 126)) + size.to_bytes(2, "big") + filling * size


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (served(300), 1),
        (served(300) * 3, 3),
        (served(300) * 3 + b"\x81", 0),
        (served(300) * 2 + served(301), 0),
        (served(300) + served(300)[:-1], 0),
        (served(300) + served(148) + served(148), 0),
        (served(300) + b"\x81\x012" + served(297), 0),
    ],
)
def test_frames_at_one_glance(data, count):
    assert _alike(bytearray(data) + bytearray(700), len(data), 304) == count
