"""A signed link is good for one person, one purpose, one town and one epoch, and can be written in one way only."""

import base64

import pytest

from baukasten.keyring import Keyring
from baukasten_newsletter import links
from baukasten_newsletter.keys import Purpose

RING = Keyring.of("a secret of this house")
BIGGEST = 2**63 - 1


@pytest.mark.parametrize("number", [1, 127, 128, 255, 256, 70_000, BIGGEST])
def test_a_token_names_its_subscriber_and_is_right(number):
    token = links.make(RING, 7, Purpose.LEAVE, number, 1)
    assert links.subscriber_of(token) == number
    assert links.is_right(token, RING, 7, Purpose.LEAVE, 1)
    assert len(token) <= links.LONGEST


def test_it_is_good_for_nothing_else():
    token = links.make(RING, 7, Purpose.LEAVE, 12, 1)
    other = Keyring.of("a secret of another house")
    assert [
        links.is_right(token, RING, 8, Purpose.LEAVE, 1),
        links.is_right(token, RING, 7, Purpose.PREFERENCES, 1),
        links.is_right(token, RING, 7, Purpose.LEAVE, 2),
        links.is_right(token, other, 7, Purpose.LEAVE, 1),
        links.is_right(token[:-1] + ("A" if token[-1] != "A" else "B"), RING, 7, Purpose.LEAVE, 1),
    ] == [False] * 5


def test_what_has_another_form_names_nobody():
    right = links.make(RING, 7, Purpose.LEAVE, 12, 1)
    raw = base64.urlsafe_b64decode(right + "=" * (-len(right) % 4))
    padded = base64.urlsafe_b64encode(raw[: links.MAC_BYTES] + b"\0" + raw[links.MAC_BYTES :]).decode()
    huge = base64.urlsafe_b64encode(raw[: links.MAC_BYTES] + b"\xff" * 8).decode().rstrip("=")
    wrong = ["", "x", right[:20], right + "=", "ä" * 22, "A" * 65, "!" * 22, padded.rstrip("="), huge]
    assert [links.subscriber_of(one) for one in wrong] == [None] * len(wrong)
    assert [links.is_right(one, RING, 7, Purpose.LEAVE, 1) for one in wrong] == [False] * len(wrong)
