"""Reports are read in fields and in words, whatever way they are written down."""

import pytest

from baukasten.mail.incoming import addresses, reading, refusals, reports
from baukasten.mail.incoming.addresses import Signed
from baukasten.plugin.letters import Action

FIELDS = """\
From: MAILER-DAEMON@mx.example
Subject: Undeliverable
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: {kind}
Content-Transfer-Encoding: {encoding}

{body}
--b--
"""
STATUS = "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: {named}\nAction: {action}\nStatus: {status}\n"


def in_fields(named="rfc822; a@b.example", action="failed", status="5.1.1", **more):
    values = {"kind": "message/delivery-status", "encoding": "8bit", **more}
    body = STATUS.format(named=named, action=action, status=status)
    return reading.parse(FIELDS.format(body=body, **values).encode())


def in_words(words, subject="failure notice", sender="MAILER-DAEMON@mx.example"):
    return reading.parse(f"From: {sender}\nSubject: {subject}\n\n{words}\n".encode())


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("failed", Action.FAILED),
        ("Failed (no such mailbox)", Action.FAILED),
        ("failure", Action.FAILED),
        ("error", Action.FAILED),
        ("Delayed", Action.DELAYED),
        ("relayed", Action.DELIVERED),
        ("expanded", Action.DELIVERED),
        ("", Action.FAILED),
    ],
)
def test_programs_write_actions_as_they_like(written, action):
    found = reports.bounce(in_fields(action=written))
    assert found is not None
    assert found.action is action


@pytest.mark.parametrize(
    ("status", "code", "permanent", "detail"),
    [
        ("5.1.1", "5.1.1", True, ""),
        ("4.4.7", "4.4.7", False, ""),
        ("5.0.0 (quota exceeded)", "5.0.0", True, "5.0.0 (quota exceeded)"),
        ("553 too large", "", True, "553 too large"),
    ],
)
def test_the_status_may_hold_words(status, code, permanent, detail):
    found = reports.bounce(in_fields(status=status))
    assert found is not None
    assert (found.status, found.permanent, found.detail) == (code, permanent, detail)


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("rfc822; Anna@Post.Example", "anna@post.example"),
        ("<anna@post.example>", "anna@post.example"),
        ("utf-8; jörg@höfe.example", "jörg@höfe.example"),
        (r"utf-8; j\x{F6}rg@h\x{F6}fe.example", "jörg@höfe.example"),
        (r"utf-8; a\x{0}\x{D800}\x{FFFFFF}@b.example", "a@b.example"),
    ],
)
@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
def test_recipients_may_have_letters_beyond_ascii(named, address, kind):
    found = reports.bounce(in_fields(named=named, kind=kind))
    assert found is not None
    assert found.recipient == address


def test_a_whole_report_may_be_packed_into_a_letter():
    inner = in_fields(status="5.1.1").as_string()
    outer = (
        "From: postmaster@gate.example\nContent-Type: multipart/mixed; boundary=c\n\n"
        f"--c\nContent-Type: message/rfc822\n\n{inner}\n--c--\n"
    )
    found = reports.bounce(reading.parse(outer.encode()))
    assert found is not None
    assert found.status == "5.1.1"


@pytest.mark.parametrize(
    "line",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
        "----- Original message -----",
        "-----Ursprüngliche Nachricht-----",
        "Return-Path: <stadt@example>",
        "> Received: from x",
    ],
)
def test_the_mail_that_is_given_back_is_no_part_of_the_report(line):
    mail = in_words(f"<a@b.example>:\nNo such user here, sorry.\n\n{line}\nThe mailbox is full of spam")
    assert refusals.words(mail) == "<a@b.example>:\nNo such user here, sorry."


def test_words_tell_who_still_tries():
    late = reports.bounce(
        in_words("Your mail to <a@b.example> has not yet been delivered. We will keep trying.")
    )
    assert late is not None
    assert (late.action, late.permanent) == (Action.DELAYED, False)
    over = reports.bounce(in_words("It will be retried no more: this is a permanent error. <a@b.example>"))
    assert over is not None
    assert (over.action, over.permanent) == (Action.FAILED, True)


def test_what_a_person_writes_is_no_report():
    letter = in_words(
        "Die Adresse ist unbekannt.", subject="Re: Stadtbrief", sender="Anna <anna@post.example>"
    )
    assert reports.bounce(letter) is None
    assert not refusals.is_answer(letter, refusals.words(letter))


def test_addresses_inside_a_report_are_found_and_nothing_else():
    signed = Signed("bounce", 1, 0, 7)
    address = f"{addresses.local_part('secret', signed)}@stadt.example"
    failed = "Content-Type: message/delivery-status\n\nAction: failed\n\n--b\n"
    for inside in (
        f"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Mail-From: <{address}>\n",
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\nX-Sender: {address}\n",
        f"{failed}Content-Type: text/rfc822-headers\n\nReturn-Path: <{address}>\n",
        f"{failed}Content-Type: message/rfc822\n\nReturn-Path: <{address}>\n\nText\n",
    ):
        mail = reading.parse(f"Content-Type: multipart/report; boundary=b\n\n--b\n{inside}\n--b--\n".encode())
        assert reports.is_in_fields(mail)
        assert set(addresses.every("secret", reports.inside(mail))) == {signed}
    assert not reports.is_in_fields(in_words(f"an {address}"))


def test_copies_of_a_report_share_a_fingerprint_and_other_reports_do_not():
    def of(raw, matter="bounce 0 7"):
        return reading.report_fingerprint(reading.parse(raw), raw, matter)

    one = b"Message-ID: <1@x>\nSubject: a\n\nBody\n"
    assert of(b"Received: from y\r\n" + one.replace(b"\n", b"\r\n")) == of(one)
    assert len({of(one), of(one, "bounce 0 8"), of(one.replace(b"Body", b"Other")), of(one[18:])}) == 4
