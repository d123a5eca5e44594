"""Headers take no line breaks, addresses are real ones, and what was said arrives letter by letter."""

from email import message_from_string
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten.errors import Invalid
from baukasten.mail.headers import NO_ADDRESS, NO_LINE_BREAKS, TOO_LONG, address, encoded, mailbox, one_line


@pytest.mark.parametrize(
    "bad", ["\n", "\r", "\r\nBcc: x@a.example", "\x00", "\x0b", "\x85", "\u2028", "\u2029", "\ud800", "\t"]
)
def test_a_header_takes_no_line_breaks(bad: str) -> None:
    with pytest.raises(Invalid) as caught:
        one_line(f"Guten Tag{bad}", "subject")
    assert caught.value.errors == {"subject": NO_LINE_BREAKS}


def test_a_header_has_an_end() -> None:
    assert one_line("ä" * 900, "subject") == "ä" * 900
    with pytest.raises(Invalid) as caught:
        one_line("ä" * 901, "subject")
    assert caught.value.errors == {"subject": TOO_LONG}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("amt@a.example", "amt@a.example"),
        (" Amt.Bau+forum@A.Example ", "Amt.Bau+forum@a.example"),
        ("amt@müller.example", "amt@xn--mller-kva.example"),
        ("o'neil@a-b.example", "o'neil@a-b.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses(value: str, expected: str) -> None:
    assert address(value, "to") == expected


@pytest.mark.parametrize(
    "value",
    [
        "", "amt", "@a.example", "amt@", "a b@a.example", "amt@a..example", "amt@-a.example", "amt@a.example.",
        "a@b@c.example", "<amt@a.example>", "Amt <amt@a.example>", "a@a.example, b@a.example", "ämt@a.example",
        '"a b"@a.example', ".a@a.example", "a..b@a.example", "amt@[127.0.0.1]", "amt@a_b.example",
        f"a@{'b' * 64}.example",
    ],
)  # fmt: skip
def test_what_is_no_address(value: str) -> None:
    with pytest.raises(Invalid) as caught:
        address(value, "to")
    assert caught.value.errors == {"to": NO_ADDRESS}


@pytest.mark.parametrize("value", ["a" * 65 + "@a.example", "a@" + "b.c" * 100])
def test_an_address_that_is_too_long(value: str) -> None:
    with pytest.raises(Invalid) as caught:
        address(value, "to")
    assert list(caught.value.errors) == ["to"]


def read(name: str, value: str) -> str:
    """Return a header as another program reads it, after checking that its lines are ASCII and of the right length."""
    lines = f"{name}: {value}".split("\r\n")
    assert all(line.isascii() and line.startswith(" ") for line in lines[1:])
    assert len(lines) == 1 or max(map(len, lines)) <= 76
    return str(message_from_string(f"{name}: {value}\r\n\r\n")[name])


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=300)
LINES = st.one_of(WORDS, st.sampled_from(["=?utf-8?q?=0ABcc?=", 'Amt "Bau", \\Ost (1)', "ä," * 90])).map(
    str.strip
)


@given(LINES)
def test_any_subject_arrives_as_it_was_written(subject: str) -> None:
    assert str(make_header(decode_header(read("Subject", encoded(subject, "Subject"))))) == subject


@given(LINES)
def test_any_name_arrives_as_it_was_written(name: str) -> None:
    shown, found = parseaddr(read("From", mailbox(name, "amt@a.example", "From")))
    assert (str(make_header(decode_header(shown))), found) == (name, "amt@a.example")


def test_a_long_name_keeps_its_commas_and_gets_no_new_spaces() -> None:
    name = "Stadt Müsterhausen, Amt für Beteiligung, Ordnung, Grünflächen und die Öffentlichkeit (Süd)"
    value = mailbox(name, "amt@a.example", "From")
    shown, found = parseaddr(read("From", value))
    assert (str(make_header(decode_header(shown))), found) == (name, "amt@a.example")
    # A comma outside of the encoded words would begin another address.
    assert "," not in value


def test_no_name_leaves_the_address_alone() -> None:
    assert mailbox("", "amt@a.example", "From") == "amt@a.example"
