"""What the crowd and the speaker of the live bench say and understand, byte by byte."""

import json

import pytest

from bench.chat_wires import STAMP, TEXT, bare, frame, message, socketio, split


def served(payload: bytes) -> bytes:
    """Frame as a server does: the same without mask."""
    masked = frame(payload)
    head = len(masked) - len(payload) - 4
    return bytes((masked[0], masked[1] & 0x7F)) + masked[2:head] + payload


@pytest.mark.parametrize("size", [0, 1, 125, 126, 255, 256, 65_535])
def test_frames_of_every_length_are_understood(size):
    payload = b"x" * size
    assert split(served(payload)) == ([(TEXT, payload)], b"")


def test_a_frame_in_pieces_waits_for_the_rest():
    data = served(b"first") + served(b"y" * 300)
    for cut in range(len(data)):
        frames, rest = split(data[:cut])
        more, nothing = split(rest + data[cut:])
        assert frames + more == [(TEXT, b"first"), (TEXT, b"y" * 300)]
        assert nothing == b""


def test_a_frame_above_64_kilobytes():
    data = bytes((0x81, 127)) + (70_000).to_bytes(8, "big") + b"z" * 70_000
    assert split(data + b"\x81") == ([(TEXT, b"z" * 70_000)], b"\x81")


def test_a_message_holds_its_moment_once_and_has_the_size_of_a_real_one():
    said = json.dumps(message("chat", 7, 123, 1_234_567), separators=(",", ":")).encode()
    assert said.count(STAMP) == 1
    assert b'due=1234567",' in said
    assert 250 <= len(said) <= 320


@pytest.mark.parametrize("wire", [socketio("chat", 7), bare("chat", 7)])
def test_what_is_said_to_a_peer_is_one_list(wire):
    said = wire.say + b"," + b'{"a":1}' + b"]"
    assert json.loads(said.removeprefix(b"42")) == ["say", "chat", 7, {"a": 1}]
