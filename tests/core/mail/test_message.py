"""A built mail says who writes, to whom, when, in which language, and the same words twice."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

import pytest

from baukasten import clock
from baukasten.errors import Invalid
from baukasten.mail.message import Message, Sender, build

TOWN = Sender(
    name="Stadt Münsterhausen, Beteiligung", address="post@stadt.example", domain="mitreden.stadt.example"
)
MAY = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def make(**changes: object) -> Message:
    values: dict[str, object] = {
        "subject": "Neue Antwort",
        "text": "Guten Tag",
        "html": "<p>Guten Tag</p>",
    } | changes
    to = str(values.pop("to", "eva@a.example"))
    sender = values.pop("sender", TOWN)
    assert isinstance(sender, Sender)
    return build(sender, to, **values)  # type: ignore[arg-type]


def test_every_header_and_both_parts() -> None:
    with clock.turned(MAY):
        message = make(subject="Größere Bäume", text="Grüße\n.\nEnde", html="<p>Grüße</p>", language="de")
    mail = message_from_bytes(message.content, policy=default)
    kept = {name: str(value) for name, value in mail.items() if name not in {"Message-ID", "Content-Type"}}
    assert kept == {
        "From": f'"{TOWN.name}" <post@stadt.example>',
        "To": "eva@a.example",
        "Subject": "Größere Bäume",
        "Date": "Sun, 03 May 2026 12:00:00 +0000",
        "Content-Language": "de",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert mail.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]
    assert parts == [("text/plain", "Grüße\r\n.\r\nEnde\r\n"), ("text/html", "<p>Grüße</p>\r\n")]
    assert (message.envelope_from, message.to) == ("post@stadt.example", "eva@a.example")


def test_the_id_is_the_towns_and_never_the_same() -> None:
    found = {make().message_id for _ in range(100)}
    assert len(found) == 100
    assert all(re.fullmatch(r"<[A-Za-z0-9_-]{24}@mitreden\.stadt\.example>", one) for one in found)
    message = make()
    assert message_from_bytes(message.content)["Message-ID"] == message.message_id


def test_text_alone_is_one_part() -> None:
    mail = message_from_bytes(make(html=None).content, policy=default)
    assert (mail.get_content_type(), mail.get_content()) == ("text/plain", "Guten Tag\r\n")


def test_every_line_ends_as_smtp_wants_and_is_short_enough() -> None:
    content = make(text="ä" * 5_000 + "\nlone\rreturn", html="<p>" + "x" * 5_000).content
    assert content.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_half_a_surrogate_pair_does_not_stop_a_mail() -> None:
    mail = message_from_bytes(make(text="a\ud800b", html=None).content, policy=default)
    assert mail.get_content() == "a?b\r\n"


BREAK = "x\r\nBcc: alle@a.example"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subject": BREAK}, "subject"),
        ({"to": f"eva@a.example{BREAK}"}, "to"),
        ({"to": "eva"}, "to"),
        ({"language": BREAK}, "language"),
        ({"sender": Sender(BREAK, "post@stadt.example", "stadt.example")}, "sender"),
        ({"sender": Sender("Stadt", f"post@stadt.example{BREAK}", "stadt.example")}, "sender"),
        ({"sender": Sender("Stadt", "post@stadt.example", "stadt.example>\r\nX: y")}, "domain"),
        ({"bounces_to": "kein"}, "bounces_to"),
        ({"headers": {"List-Id": BREAK}}, "List-Id"),
    ],
)
def test_line_breaks_and_broken_addresses_are_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        make(**changes)
    assert list(caught.value.errors) == [field]


def test_a_line_break_that_is_encoded_stays_encoded() -> None:
    subject = "=?utf-8?q?Hallo=0D=0ABcc:_alle@a.example?="
    mail = message_from_bytes(make(subject=subject).content)
    assert mail["Bcc"] is None
    assert str(make_header(decode_header(mail["Subject"]))) == subject


def test_a_long_link_in_a_header_stays_readable_for_mail_programs() -> None:
    link = f"<https://stadt.example/abmelden/{'T' * 120}>"
    assert message_from_bytes(make(headers={"List-Unsubscribe": link}).content)["List-Unsubscribe"] == link


def test_extra_headers_come_from_a_closed_list() -> None:
    wanted = {"List-Unsubscribe": "<https://stadt.example/ab>", "Reply-To": "amt@stadt.example"}
    mail = message_from_bytes(make(headers=wanted).content)
    assert {name: mail[name] for name in wanted} == wanted
    for headers in ({"Bcc": "alle@a.example"}, {"From": "x@a.example"}, {"List-Id": "ä"}):
        with pytest.raises(ValueError, match="not a header to add"):
            make(headers=headers)


def test_bounces_may_go_elsewhere() -> None:
    message = make(bounces_to="bounce+17@stadt.example")
    assert message.envelope_from == "bounce+17@stadt.example"
    assert b"bounce" not in message.content
