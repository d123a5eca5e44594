"""Signatures hold before another implementation for mails of every shape, and no changed mail passes."""

import base64
import datetime as dt
import hashlib
import json
import re
import subprocess
from pathlib import Path

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from baukasten import clock
from baukasten.mail import message
from baukasten.mail.dkim import OVERSIGNED, SIGNED, Algorithm, Key, Signer, body_hash, generate, record
from baukasten.web.assets.build import MODULES, node_command

DOMAIN = "stadt.example"
AT = dt.datetime(2026, 5, 4, 10, 0, tzinfo=dt.UTC)
MADE = {"bk1": generate(Algorithm.RSA), "bk2": generate(Algorithm.ED25519), "bk3": generate(Algorithm.RSA)}
KEYS = {selector: Key.load(selector, der) for selector, (der, _) in MADE.items()}
ZONE = {
    f"{selector}._domainkey.{DOMAIN}.".encode(): record(KEYS[selector].algorithm, public).encode()
    for selector, (_, public) in MADE.items()
}
SIGNER = Signer(DOMAIN, (KEYS["bk1"], KEYS["bk2"]))
HEAD = (
    b"From: Stadt <post@stadt.example>\r\nTo: anna@post.example\r\nSubject: Gru\xc3\x9f\r\n"
    b"Date: Mon, 04 May 2026 10:00:00 +0000\r\nMessage-ID: <1@stadt.example>\r\n"
)


def holds(mail: bytes, signatures: int = 2) -> list[bool]:
    """Ask the other implementation about each signature of a mail."""
    verifier = dkimpy.DKIM(mail)
    return [
        verifier.verify(idx=place, dnsfunc=lambda name, **_: ZONE.get(name)) for place in range(signatures)
    ]


def judged(mails: list[bytes]) -> list[list[str]]:
    """Ask npm's mailauth about all signatures of mails: selector and result of each."""
    if not (MODULES / "mailauth").is_dir():
        pytest.skip("mailauth is missing: make assets")
    zone = {name.decode().rstrip("."): text.decode() for name, text in ZONE.items()}
    asked = {"zone": zone, "mails": [base64.b64encode(mail).decode() for mail in mails]}
    script = Path(__file__).with_name("mailauth.cjs")
    done = subprocess.run(
        [node_command(), str(script), str(MODULES)],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
    )
    said: list[list[str]] = json.loads(done.stdout)
    return said


def still_holds(mail: bytes) -> bool:
    try:
        return any(holds(mail))
    except dkimpy.DKIMException:
        return False


BODIES = {
    "plain": b"Guten Tag\r\n",
    "empty": b"",
    "only empty lines": b"\r\n\r\n\r\n",
    "blank lines at the end": b"Guten Tag\r\n\r\n \r\n\r\n\r\n",
    "no end": b"Guten Tag",
    "dots": b".\r\n..\r\n.Guten Tag\r\n.\r\n",
    "eight bits": "Grüße aus dem Rathaus, schöne Füße\r\n".encode(),
    "not UTF-8": b"\xff\xfe\xe4\r\n",
    "blanks at line ends": b"Guten \t \r\n \tTag\t\r\n",
    "long lines": b"x" * 5000 + b"\r\n",
    "unix lines": b"Guten\nTag\n\n\n",
    "old lines": b"Guten\rTag\r",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_every_body_is_found_right_by_another_implementation(body):
    assert holds(SIGNER.sign_message(HEAD + b"\r\n" + body)) == [True, True]


HEADERS = {
    "folded": b"List-Unsubscribe: <https://mitreden.stadt.example/newsletter/x>,\r\n\t <mailto:x@a.example>\r\n",
    "long": b"Reply-To: " + b"a" * 900 + b"@stadt.example\r\n",
    "blanks": b"List-Id:   Stadtbrief \t  <stadtbrief.stadt.example>  \t\r\n",
    "empty": b"List-Archive:\r\nAuto-Submitted: \r\n",
    "folded at once": b"Content-Type:\r\n text/plain;\r\n\tcharset=utf-8\r\n",
    "twice": b"Reply-To: a@stadt.example\r\nreply-to: b@stadt.example\r\n",
    "colons": b"List-Archive: https://mitreden.stadt.example:8443/a::b\r\n",
    "other blanks": b"Reply-To: a\x0b\x0c b\xc2\xa0c\xe2\x80\x83 d\r\n",
    "not UTF-8": b"Content-Language: \xff\xfe\r\n",
    "unsigned": b"X-Anything: what ever\r\nReceived: from a\r\n by b\r\n",
    "all": b"".join(b"%s: x  y\r\n" % name.encode() for name in SIGNED),
}


@pytest.mark.parametrize("more", HEADERS.values(), ids=HEADERS)
def test_every_header_is_found_right_by_another_implementation(more):
    assert holds(SIGNER.sign_message(HEAD + more + b"\r\nGuten Tag\r\n")) == [True, True]


@given(
    st.lists(
        st.tuples(st.sampled_from(SIGNED), st.text(st.characters(codec="utf-8", categories=["L", "P", "Zs"])))
    ),
    st.binary(max_size=300),
)
def test_any_mail_is_found_right(fields, body):
    head = b"".join(f"{name}: {value}\r\n".encode() for name, value in fields)
    assert holds(SIGNER.sign_message(HEAD + head + b"\r\n" + body)) == [True, True]


def test_a_mail_of_ours_is_found_right():
    sender = message.Sender("Stadt Töne", "post@stadt.example", "mitreden.stadt.example")
    built = message.build(
        sender, "anna@post.example", subject="Bürger:innen " * 20, text="Grüße\n.\n", html="<p>Grüße</p>"
    )
    signed = SIGNER.sign_message(built.content)
    assert holds(signed) == [True, True]
    assert signed.endswith(built.content)


TAMPERED = {
    "subject": (b"Subject: Gru", b"Subject: Blu"),
    "body": (b"Guten Tag", b"Guten Abend"),
    "a blank more in the body": (b"Guten Tag", b"Guten  Tag"),
    "second from": (b"To: anna", b"From: x@evil.example\r\nTo: anna"),
    "second subject": (b"To: anna", b"Subject: Gewinn\r\nTo: anna"),
    "second to": (b"To: anna", b"To: berta@post.example\r\nTo: anna"),
    "second date": (b"To: anna", b"Date: Mon, 04 May 2026 11:00:00 +0000\r\nTo: anna"),
    "leave": (b"unsubscribe/1", b"unsubscribe/2"),
    "leave in one click": (b"One-Click", b"Two-Click"),
    "time": (b"t=17", b"t=18"),
}


@pytest.mark.parametrize(("before", "after"), TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_on_the_way_is_found(before, after):
    more = b"List-Unsubscribe: <https://a.example/unsubscribe/1>\r\n"
    more += b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    mail = SIGNER.sign_message(HEAD + more + b"\r\nGuten Tag\r\n")
    assert still_holds(mail)
    assert mail.count(before) >= 1
    assert not still_holds(mail.replace(before, after))


def test_a_third_implementation_agrees_about_mails_of_all_shapes():
    # A body that was changed is "neutral" there, a header "fail".
    plain = [SIGNER.sign_message(HEAD + b"\r\n" + body) for body in BODIES.values()]
    headed = [SIGNER.sign_message(HEAD + more + b"\r\nGuten Tag\r\n") for more in HEADERS.values()]
    signers = [Signer(DOMAIN, (KEYS["bk1"],)), Signer(DOMAIN, (KEYS["bk3"],))]
    changed = [signers[number >= 5].sign_message(HEAD + b"\r\nBrief %d\r\n" % number) for number in range(10)]
    forged = [plain[0].replace(before, after) for before, after in TAMPERED.values() if before in plain[0]]

    said = judged([*plain, *headed, *changed, *forged])
    whole = len(plain) + len(headed)
    assert said[:whole] == [["bk1 pass", "bk2 pass"]] * whole
    assert said[whole : whole + 10] == [["bk1 pass"]] * 5 + [["bk3 pass"]] * 5
    assert {result.split()[-1] for results in said[whole + 10 :] for result in results} == {"fail", "neutral"}
    assert len(forged) == len(TAMPERED) - 2


def test_blanks_of_headers_may_change_on_the_way():
    mail = SIGNER.sign_message(HEAD + b"List-Id: Brief  der Stadt\r\n\r\nGuten Tag\r\n")
    assert holds(mail.replace(b"Brief  der", b"Brief\r\n\t der")) == [True, True]


def test_what_is_signed_is_named_in_order_and_the_most_precious_once_more():
    mail = SIGNER.sign_message(HEAD + b"Reply-To: a@b.example\r\nX-Other: y\r\n\r\nx\r\n")
    named = re.search(rb"h=([^;]+);", mail)
    assert named is not None
    names = re.sub(rb"\s", b"", named[1]).decode().split(":")
    assert names == [
        name
        for name in SIGNED[:9]
        if name in {"from", "to", "subject", "date", "message-id", "reply-to"}
        for _ in range(2 if name in OVERSIGNED else 1)
    ]


def test_the_lines_are_short_and_say_how_they_were_signed():
    lines = SIGNER.sign([("From", "post@stadt.example")], body_hash(b"x\r\n"), AT)
    assert lines.endswith("\r\n")
    assert max(len(line) for line in lines.split("\r\n")) <= 80
    unfolded = re.sub(r"\r\n[ \t]+", " ", lines).removesuffix("\r\n").split("\r\n")
    begin = "DKIM-Signature: v=1; a={}; c=relaxed/simple; d=stadt.example; s={}; t=1777888800; h=from:from:"
    assert [line.partition("to:")[0] for line in unfolded] == [
        begin.format("rsa-sha256", "bk1"),
        begin.format("ed25519-sha256", "bk2"),
    ]
    bodies = [re.search(r"bh=([^;]+);", line) for line in unfolded]
    digest = base64.b64encode(hashlib.sha256(b"x\r\n").digest()).decode()
    assert [found and found[1] for found in bodies] == [digest, digest]


def test_a_whole_mail_says_when_it_was_signed():
    with clock.turned(AT):
        assert b"t=1777888800;" in SIGNER.sign_message(HEAD)


def test_mails_of_a_time_in_which_the_key_was_changed_all_hold():
    old, new = Signer(DOMAIN, (KEYS["bk1"],)), Signer(DOMAIN, (KEYS["bk3"],))
    mails = [
        (old if number < 5 else new).sign_message(HEAD + b"\r\nBrief %d\r\n" % number) for number in range(10)
    ]
    assert [holds(mail, 1) for mail in mails] == [[True]] * 10
    assert [mail.count(b"s=bk1;") for mail in mails] == [1] * 5 + [0] * 5


def test_without_a_key_there_is_no_signature():
    assert Signer(DOMAIN, ()).sign_message(HEAD + b"\r\nx\r\n") == HEAD + b"\r\nx\r\n"


@pytest.mark.parametrize(
    "content", [b"", b"no header\r\n\r\nx", b" folded: x\r\n\r\n", b": x\r\n\r\n", b"a\xff: x\r\n\r\n"]
)
def test_what_is_no_mail_is_refused(content):
    with pytest.raises(ValueError, match="begins with its headers"):
        SIGNER.sign_message(content)


def test_a_mail_of_headers_alone_is_signed():
    assert holds(SIGNER.sign_message(HEAD)) == [True, True]


def test_keys_are_of_a_kind_and_length_that_receivers_take():
    rsa = KEYS["bk1"].private
    assert isinstance(rsa, RSAPrivateKey)
    assert rsa.key_size == 2048
    assert len(base64.b64decode(MADE["bk2"][1])) == 32


def test_other_keys_are_refused():
    other = X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="RSA and Ed25519"):
        Key.load("bk9", other)
    with pytest.raises(ValueError, match="key"):
        Key.load("bk9", b"no key")


def test_a_secret_is_never_printed():
    assert "private" not in repr(KEYS["bk1"])
    assert repr(SIGNER).count("Key(") == 2
