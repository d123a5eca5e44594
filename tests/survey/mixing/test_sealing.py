"""Sealed answers are equally long, open with their key alone, and a version has room for its longest answer."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from baukasten_survey.answers.checking import LONG_SIGNS, SHORT_SIGNS
from baukasten_survey.definition.parsing import parse
from baukasten_survey.mixing import sealing
from tests.survey.conftest import definition, options, page, question

PRIVATE, PUBLIC = sealing.new_key()


@pytest.mark.parametrize("payload", [b"", b"{}", b"x" * (4096 - 48 - 4)])
def test_what_is_sealed_is_as_long_as_said_and_opens_again(payload):
    sealed = sealing.seal(PUBLIC, payload, 4096)
    assert (len(sealed), sealing.unseal(PRIVATE, sealed)) == (4096, payload)
    assert sealing.seal(PUBLIC, payload, 4096) != sealed


def test_one_byte_more_is_refused_with_how_much_it_is():
    with pytest.raises(sealing.TooLong) as refused:
        sealing.seal(PUBLIC, b"x" * (4096 - 48 - 4 + 1), 4096)
    assert refused.value.over == 1
    assert "shorten it by about 1 signs" in str(refused.value.message)


def test_nothing_else_opens():
    sealed = sealing.seal(PUBLIC, b"an answer", 4096)
    other, _ = sealing.new_key()
    changed = sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:]
    for key, blob in ((other, sealed), (PRIVATE, changed), (PRIVATE, sealed[:-1]), (PRIVATE, b"")):
        with pytest.raises(sealing.Unopened):
            sealing.unseal(key, blob)


@pytest.mark.parametrize("padded", [b"", b"\0\0\0", b"\0\0\0\5abcd", b"\0\0\0\1a\0\0x", b"\xff\xff\xff\xff"])
def test_what_was_not_padded_here_is_noticed(padded):
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    public = X25519PublicKey.from_public_bytes(PUBLIC)
    with pytest.raises(sealing.Unopened):
        sealing.unseal(PRIVATE, suite.encrypt(padded, public, sealing.INFO))


WORD = "\N{GRINNING FACE}"
"""A sign of four bytes, the longest there are."""
FULL = [
    (question("q1", "single", options=options("a1", "a_long_code"), other={"de": "Sonst"}), "a_long_code"),
    (question("q2", "multiple", options=options("a1", "a2", "a3")), ["a1", "a2", "a3", "_other"]),
    (question("q3", "yes_no"), False),
    (question("q4", "short"), WORD * SHORT_SIGNS),
    (question("q5", "long", max_length=900), "ü" * 900),
    (question("q6", "number"), -1.7976931348623157e308),
    (question("q7", "date"), "2026-11-22"),
    (question("q8", "time"), "07:30"),
    (question("q9", "scale", style="likert", options=options("a1", "a2")), "_none"),
    (question("q10", "scale", style="nps"), 10),
    (
        question(
            "q11",
            "scale",
            style="differential",
            rows=options("r1", "r2"),
            minimum=1,
            maximum=7,
        ),
        {"r1": 7, "r2": 1.7976931348623157e308},
    ),
    (
        question("q12", "matrix_single", rows=options("r1", "r2"), options=options("a1", "a2")),
        {"r1": "a1", "r2": "_none"},
    ),
    (
        question("q13", "matrix_multiple", rows=options("r1", "r2"), options=options("a1", "a2")),
        {"r1": ["a1", "a2"], "r2": ["a1", "a2"]},
    ),
    (
        question("q14", "matrix_number", rows=options("r1"), options=options("a1", "a2")),
        {"r1": {"a1": -1.7976931348623157e308, "a2": 0.1}},
    ),
    (
        question("q15", "matrix_text", rows=options("r1", "r2"), options=options("a1")),
        {"r1": {"a1": "ж" * LONG_SIGNS}, "r2": {"a1": "ж" * LONG_SIGNS}},
    ),
    (question("q16", "ranking", options=options("a1", "a2", "a3")), ["a3", "a2", "a1"]),
    (question("q17", "email"), WORD * SHORT_SIGNS),
    (question("q18", "consent"), True),
    (question("q19", "calculated", expression="1"), 1.7976931348623157e308),
    (question("q20", "hidden", parameter="from"), WORD * SHORT_SIGNS),
    (
        question("q21", "map", shapes=["point"]),
        {"shapes": [{"type": "Point", "coordinates": [9.9937, 53.5511]}], "text": WORD * 250},
    ),
    (question("q22", "dropdown", options=options("a1")), "_none"),
    (question("q23", "slider"), 1e308),
    (question("q24", "postcode"), "20095"),
    (question("q25", "phone"), "+49 40 0"),
    (question("q26", "image", many=True, options=options("a1", "a2")), ["a1", "a2"]),
    (question("q27", "info"), None),
]


@pytest.mark.parametrize(("asked", "answer"), FULL, ids=[asked["kind"] + asked["code"] for asked, _ in FULL])
def test_the_longest_answer_of_each_kind_finds_room(asked, answer):
    found = parse(definition(page("p1", asked))).questions[asked["code"]]
    answers = {} if answer is None else {found.code: answer}
    if found.other is not None:
        answers[f"{found.code}.other"] = WORD * SHORT_SIGNS
    # Two braces belong to the whole; what is counted for one question holds its comma too.
    assert len(sealing.encode(answers)) - 2 <= sealing._room(found)


def test_all_of_them_together_are_sealed():
    asked = parse(definition(page("p1", *(one for one, _ in FULL))))
    answers = {one["code"]: answer for one, answer in FULL if answer is not None}
    size = sealing.sealed_size(asked)
    sealed = sealing.seal(PUBLIC, sealing.encode(answers), size)
    assert (len(sealed), size % 4096, size <= sealing.LARGEST) == (size, 0, True)
    assert sealing.decode(sealing.unseal(PRIVATE, sealed)) == json.loads(json.dumps(answers))


def test_room_grows_with_what_may_be_written_up_to_a_limit():
    def size(*asked):
        return sealing.sealed_size(parse(definition(page("p1", *asked))))

    assert size(question("q1", "yes_no")) == 4096
    assert size(question("q1", "long", max_length=500)) == 4096
    assert size(question("q1", "long", max_length=2_000)) == 8192
    assert size(*(question(f"q{at}", "long", max_length=10_000) for at in range(50))) == sealing.LARGEST
