"""Frames by the bytes of RFC 6455: what is sent, what is read from any pieces, what is refused."""

import pytest

from baukasten.realtime import frames
from baukasten.realtime.frames import FrameError, Reader
from baukasten.testing.wire import masked

LIMIT = 1000


def read(data, limit=LIMIT):
    return list(Reader(limit).feed(data))


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_is_final_unmasked_and_says_its_length_in_the_fewest_bytes(length, head):
    assert frames.text_frame("x" * length) == head + b"x" * length


def test_lengths_are_those_of_bytes_not_of_letters():
    assert frames.text_frame("ä€") == b"\x81\x05\xc3\xa4\xe2\x82\xac"


def test_a_close_frame_tells_its_code():
    assert frames.close_frame(1001) == b"\x88\x02\x03\xe9"


def test_the_example_of_the_standard_is_read():
    assert read(bytes.fromhex("81 85 37 fa 21 3d 7f 9f 4d 51 58")) == [(frames.TEXT, b"Hello")]


@pytest.mark.parametrize("length", [0, 1, 3, 4, 125, 126, 127, 999, 1000])
def test_masks_come_off_at_every_length(length):
    payload = bytes(at % 251 for at in range(length))
    assert read(masked(frames.BINARY, payload, mask=b"\xff\x00\x80\x7f")) == [(frames.BINARY, payload)]


def test_messages_are_the_same_in_whatever_pieces_they_arrive():
    data = (
        masked(frames.TEXT, b"one")
        + masked(frames.TEXT, b"tw", last=False)
        + masked(frames.PING, b"?")
        + masked(frames.CONTINUATION, b"", last=False)
        + masked(frames.CONTINUATION, b"o")
        + masked(frames.TEXT, b"x" * 300)
        + masked(frames.CLOSE, b"\x03\xe8")
    )
    whole = [
        (frames.TEXT, b"one"),
        (frames.PING, b"?"),
        (frames.TEXT, b"two"),
        (frames.TEXT, b"x" * 300),
        (frames.CLOSE, b"\x03\xe8"),
    ]
    assert read(data) == whole
    for size in range(1, 30):
        reader = Reader(LIMIT)
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        assert [one for piece in pieces for one in reader.feed(piece)] == whole


HEAD_OF_A_MONSTER = b"\x81\xff" + (2**62).to_bytes(8, "big")
HOSTILE = {
    "unmasked": (frames.text_frame("hello"), frames.BROKEN_RULE),
    "reserved bit": (b"\xc1" + masked(frames.TEXT, b"hello")[1:], frames.BROKEN_RULE),
    "unknown opcode": (masked(0x3, b"hello"), frames.BROKEN_RULE),
    "unknown control": (masked(0xB, b""), frames.BROKEN_RULE),
    "long control": (masked(frames.PING, b"x" * 126), frames.BROKEN_RULE),
    "control in parts": (masked(frames.PING, b"x", last=False), frames.BROKEN_RULE),
    "goes on with nothing": (masked(frames.CONTINUATION, b"x"), frames.BROKEN_RULE),
    "begins twice": (
        masked(frames.TEXT, b"x", last=False) + masked(frames.TEXT, b"x"),
        frames.BROKEN_RULE,
    ),
    "too long": (masked(frames.TEXT, b"x" * 1001), frames.TOO_LARGE),
    "only announced": (HEAD_OF_A_MONSTER, frames.TOO_LARGE),
    "too long in parts": (
        masked(frames.TEXT, b"x" * 600, last=False) + masked(frames.CONTINUATION, b"x" * 401),
        frames.TOO_LARGE,
    ),
    "too long in the third part": (
        masked(frames.TEXT, b"x" * 500, last=False)
        + masked(frames.CONTINUATION, b"x" * 500, last=False)
        + masked(frames.CONTINUATION, b"x"),
        frames.TOO_LARGE,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_breaks_a_rule_is_refused_with_its_code(name):
    data, code = HOSTILE[name]
    with pytest.raises(FrameError) as refused:
        read(data)
    assert refused.value.code == code


def test_a_limit_is_of_one_message_not_of_all():
    assert len(read(masked(frames.TEXT, b"x" * 1000) * 3)) == 3


def test_what_came_before_the_broken_frame_counts():
    heard = Reader(LIMIT).feed(masked(frames.TEXT, b"fine") + b"\xff\xff")
    assert next(heard) == (frames.TEXT, b"fine")
    with pytest.raises(FrameError):
        next(heard)
