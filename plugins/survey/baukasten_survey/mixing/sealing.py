"""Sealing answers to a batch's key (HPKE, RFC 9180), all of a version equally long, whatever they say."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from baukasten.plugin import lazy
from baukasten.sdk import Invalid
from baukasten_survey.answers.checking import SHORT_SIGNS, longest
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.keys import Kind

_ = lazy("survey")

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
INFO = b"baukasten survey sealed answer 1"
OVERHEAD = 32 + 16
"""The sender's half of the key agreement, and the proof that nothing was changed."""
LENGTH = 4
"""Bytes in front of the answers that say how many they are."""

STEP = 4096
LARGEST = 256 * 1024
"""Each answer takes this much in the queue if its survey lets people write so much; who writes more is told."""
SIGN, USUAL_SIGN, NUMBER = 4, 2, 26
"""Bytes of the longest sign in UTF-8, of one in most scripts, and of the longest number as JSON."""
MAP = 16_000
"""Some three hundred points and a page of text."""


class TooLong(Invalid):
    """The answers do not fit into what every sealed answer of this version takes."""

    def __init__(self, over: int) -> None:
        self.over = over
        told = _(
            "What you wrote and drew is together too long for an anonymous answer. "
            "Please shorten it by about %(signs)s signs."
        )
        super().__init__({}, told % {"signs": over})


class Unopened(Exception):
    """A sealed answer does not open with this key: it was changed, or sealed to another one."""


def new_key() -> tuple[bytes, bytes]:
    """Make the key of a batch: the private half, then the public one, 32 bytes each."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return private.private_bytes_raw(), public


def seal(public_key: bytes, payload: bytes, size: int) -> bytes:
    """Give exactly ``size`` bytes that only the private half opens; raises TooLong for what does not fit in."""
    return SUITE.encrypt(pad(payload, size - OVERHEAD), X25519PublicKey.from_public_bytes(public_key), INFO)


def unseal(private_key: bytes, sealed: bytes) -> bytes:
    """Give the payload back; raises Unopened."""
    try:
        return unpad(SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private_key), INFO))
    except (InvalidTag, ValueError) as error:
        raise Unopened("this was not sealed to this key, or was changed") from error


def pad(payload: bytes, size: int) -> bytes:
    """Give exactly ``size`` bytes; raises TooLong for a payload that does not fit in with its length."""
    over = len(payload) + LENGTH - size
    if over > 0:
        raise TooLong(over)
    return len(payload).to_bytes(LENGTH, "big") + payload + bytes(-over)


def unpad(padded: bytes) -> bytes:
    """Give what was padded; raises ValueError for what was not."""
    length = int.from_bytes(padded[:LENGTH], "big")
    if len(padded) < LENGTH or LENGTH + length > len(padded) or any(padded[LENGTH + length :]):
        raise ValueError("this was not padded here")
    return padded[LENGTH : LENGTH + length]


def encode(answers: Mapping[str, Any]) -> bytes:
    """Write answers as they are sealed."""
    return json.dumps(dict(answers), ensure_ascii=False, separators=(",", ":")).encode()


def decode(payload: bytes) -> dict[str, Any]:
    """Read answers back."""
    answers: dict[str, Any] = json.loads(payload)
    return answers


def sealed_size(definition: Definition) -> int:
    """Tell how many bytes each sealed answer of a version takes: room for the longest one, in steps of 4 KiB.

    Texts count with their limits. What would pass 256 KiB is cut there: only who writes that much reads TooLong, and
    who fills all long texts to their limits with signs of three bytes and more.
    """
    needed = OVERHEAD + LENGTH + 2 + sum(_room(question) for question in definition.questions.values())
    return min(LARGEST, math.ceil(needed / STEP) * STEP)


def _room(question: Question) -> int:
    """Give the bytes that one question's longest answer takes as JSON."""
    name = len(question.code) + len('"":,')
    value = max(_value(question), len('"_none"'))
    other = len(question.code) + len('".other":,') + _text(SHORT_SIGNS) if question.other is not None else 0
    return name + value + other


def _value(question: Question) -> int:
    if kinds.has_rows(question):
        cell = _cell(question)
        return 2 + sum(len(row.code) + len('"":,') + cell for row in question.rows)
    if kinds.has_options(question):
        every = kinds.takes_many(question) or question.kind is Kind.RANKING
        return _all(question) if every else _any(question)
    return SIZES.get(question.kind, _written)(question)


def _cell(question: Question) -> int:
    """Give the room of one row of a matrix."""
    columns = 2 + sum(len(option.code) + len('"":,') for option in question.options)
    if question.kind is Kind.MATRIX_SINGLE:
        return _any(question)
    if question.kind is Kind.MATRIX_MULTIPLE:
        return _all(question)
    if question.kind is Kind.MATRIX_TEXT:
        return columns + len(question.options) * _written(question)
    return columns + max(1, len(question.options)) * NUMBER


def _all(question: Question) -> int:
    return 2 + sum(len(code) + len('"",') for code in _codes(question))


def _any(question: Question) -> int:
    return 2 + max(len(code) for code in _codes(question))


def _codes(question: Question) -> Iterator[str]:
    yield from (option.code for option in question.options)
    yield from ("_other", "_none")


def _written(question: Question) -> int:
    return _text(longest(question))


def _text(signs: int) -> int:
    """Give the room of a text: a short one of any signs, a long one of signs with two bytes, as most scripts have."""
    short = min(signs, SHORT_SIGNS)
    return 2 + SIGN * short + USUAL_SIGN * (signs - short)


SIZES: Mapping[Kind, Callable[[Question], int]] = {
    Kind.MAP: lambda _question: MAP,
    Kind.FILE: lambda _question: 0,
    Kind.INFO: lambda _question: 0,
    Kind.YES_NO: lambda _question: NUMBER,
    Kind.CONSENT: lambda _question: NUMBER,
    Kind.NUMBER: lambda _question: NUMBER,
    Kind.SLIDER: lambda _question: NUMBER,
    Kind.SCALE: lambda _question: NUMBER,
    Kind.DATE: lambda _question: NUMBER,
    Kind.TIME: lambda _question: NUMBER,
}
"""Room by kind; every other one is a text. Files are not asked for where answers are sealed."""
