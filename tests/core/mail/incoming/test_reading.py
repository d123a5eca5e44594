"""Every sample is read as the table says, however its lines end; rubbish is refused, not stumbled over."""

import random

import pytest

from baukasten.mail.incoming import addresses, reading, senders
from baukasten.mail.incoming.reading import Trust, Unreadable
from baukasten.plugin.letters import Bounce
from tests.core.mail.letters import FOLDER, SAMPLES, SECRET, SERVER

MARK = addresses.local_part(SECRET, addresses.Signed("antwort", 1, 2, 3))
TRUST = Trust(SECRET, "stadt.example", SERVER)
READABLE = [one for one in SAMPLES if one.known.get("outcome") != "Unreadable"]


def read(sample, raw):
    return reading.read(raw, sample.envelope(MARK), TRUST)


def test_each_file_stands_in_the_table():
    assert {path.stem for path in FOLDER.glob("*.eml")} == {one.name for one in SAMPLES}
    assert len(SAMPLES) > 90


@pytest.mark.parametrize("sample", READABLE, ids=lambda one: one.name)
def test_a_sample_is_read_as_the_table_says(sample):
    raw, known = sample.raw(MARK), sample.known
    letter = read(sample, raw)
    found = letter.bounce
    assert {
        "text": letter.text,
        "subject": letter.subject,
        "sender": letter.sender,
        "attachments": letter.attachments,
        "automatic": str(letter.automatic),
        "loop": letter.loop,
        "bounce": [found.recipient, found.status, found.permanent] if found else None,
    } == {
        "text": known["text"],
        "subject": known.get("subject", letter.subject),
        "sender": known.get("sender", "anna.torf@post.example"),
        "attachments": known.get("attachments", 0),
        "automatic": known.get("automatic", ""),
        "loop": known.get("loop", False),
        "bounce": known.get("bounce"),
    }
    assert letter.size == len(raw)


@pytest.mark.parametrize("sample", READABLE, ids=lambda one: one.name)
def test_line_ends_make_no_difference(sample):
    plain = sample.raw(MARK).replace(b"\r\n", b"\n")
    one, other = read(sample, plain), read(sample, plain.replace(b"\n", b"\r\n"))
    assert (one.text, one.subject, one.sender) == (other.text, other.subject, other.sender)


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one not in READABLE], ids=lambda one: one.name)
def test_what_nobody_can_read_is_refused(sample):
    with pytest.raises(Unreadable):
        read(sample, sample.raw(MARK))


def test_a_letter_larger_than_all_is_refused():
    with pytest.raises(Unreadable):
        reading.parse(b"Subject: x\n\n" + b"a" * reading.LARGEST)


def test_damaged_letters_are_read_or_refused_and_nothing_else():
    chance = random.Random(7)  # noqa: S311 - the same damage each time
    for sample in SAMPLES:
        for _ in range(12):
            raw = bytearray(sample.raw(MARK))
            for _ in range(chance.randrange(1, 30)):
                place = chance.randrange(len(raw))
                if chance.random() < 0.4:
                    del raw[place : place + chance.randrange(1, 40)]
                raw[place:place] = bytes([chance.randrange(256)])
            try:
                letter = read(sample, bytes(raw))
            except Unreadable:
                continue
            assert letter.size == len(raw)
            assert "\0" not in letter.text


@pytest.mark.parametrize(
    "piece",
    [
        b"<div><p>",
        b"> ",
        b"Am 1.1.2026 um 10:00 ",
        b"Von: x\n",
        b"=?utf-8?q?",
        b"<blockquote>",
        b"<p>a",
        b"<b><i>",
    ],
)
def test_the_longest_letters_come_to_an_end(piece):
    head = b"Content-Type: text/html\nFrom: a@b.example\nSubject: x\n\n"
    letter = reading.read(head + piece * (300_000 // len(piece)), SAMPLES[0].envelope(MARK), TRUST)
    assert len(letter.text) <= 900_000


def test_a_report_in_fields_is_a_bounce():
    (sample,) = (one for one in SAMPLES if one.name == "bounce-unknown-user")
    detail = "smtp; 550 5.1.1 <anna.torf@post.example>: User unknown"
    assert read(sample, sample.raw(MARK)).bounce == Bounce(
        "anna.torf@post.example",
        "5.1.1",
        permanent=True,
        detail=detail,
        words="This is the mail system at host mx.post.example.",
    )


def test_references_are_given_nearest_first():
    (sample,) = (one for one in SAMPLES if one.name == "gmail-web-german")
    letter = read(sample, sample.raw(MARK))
    newest = f"<{MARK}.4f1d2c@stadt.example>"
    assert letter.references == (newest, newest, f"<{MARK}@stadt.example>")
    assert letter.message_id == "<gmail-web-german@post.example>"


@pytest.mark.parametrize(
    ("findings", "forged"),
    [
        ([], False),
        (["mx.stadt.example; dmarc=pass"], False),
        (["mx.stadt.example; dmarc=fail"], True),
        (["MX.stadt.example; DMARC=Fail"], True),
        (["mx.stadt.example; dmarc=fail", "mx.stadt.example; dmarc=pass"], True),
        (["mx.stadt.example; spf=fail", "mx.stadt.example; dkim=pass"], False),
        (["mx.stadt.example; dkim=fail"], True),
        (["mx.stadt.example; dmarc=pass; dkim=fail; spf=fail"], False),
        (["mx.stadt.example; spf=softfail; dkim=none"], False),
        (["other.example; dmarc=fail"], False),
    ],
)
def test_only_findings_of_our_own_server_count(findings, forged):
    head = "".join(f"Authentication-Results: {one}\n" for one in findings)
    mail = reading.parse(f"From: a@b.example\n{head}\n".encode())
    assert senders.is_forged(mail, "mx.stadt.example") is forged
    assert senders.is_forged(mail, "") is False


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("Anna <ANNA@Post.example>", "anna@post.example"),
        ("anna@post.example", "anna@post.example"),
        ('"Torf, Anna" <anna@post.example>', "anna@post.example"),
        ("anna@post.example (Anna)", ""),
        ("anna@post.example)bube@fremd.example", ""),
        ("<anna@post.example> <bube@fremd.example>", ""),
        ("gruppe: anna@post.example;", ""),
        ("anna", ""),
        ("", ""),
    ],
)
def test_a_sender_is_one_plain_address_or_none(value, sender):
    assert senders.sender_of(reading.parse(f"From: {value}\n\nx".encode())) == sender
