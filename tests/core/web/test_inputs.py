"""What people type becomes typed values, or a sentence that helps."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten.plugin.fields import Field, FieldKind
from baukasten.web.i18n import Catalogues, speaking
from baukasten.web.inputs import WrongError, clean_line, clean_text, is_visible, parse

K = FieldKind


@pytest.fixture(autouse=True)
def _in_the_towns_time(tmp_path: Path) -> Iterator[None]:
    with speaking(Catalogues({"core": tmp_path}).translator("en", "Europe/Berlin")):
        yield


def field(kind: FieldKind, **more: Any) -> Field:
    return Field("x", "X", kind, **more)


def wrong(declared: Field, *raw: str) -> str:
    with pytest.raises(WrongError) as caught:
        parse(declared, raw)
    return str(caught.value)


COLOURS = (("r", "Red"), ("g", "Green"), ("b", "Blue"))


@pytest.mark.parametrize(
    ("declared", "raw", "expected"),
    [
        (field(K.TEXT), "  Ein\tTitel\x00 \u202eneu ", "Ein Titel neu"),
        (field(K.TEXT), "Cafe\u0301", "Café"),
        (field(K.TEXT), "\u200b", ""),
        (field(K.TEXT), "\u0645\u06cc\u200c\u062e 👩\u200d🌾", "\u0645\u06cc\u200c\u062e 👩\u200d🌾"),
        (field(K.TEXTAREA), "\n\na\r\n b\rc\x07 \n\n", "a\n b\nc"),
        (field(K.MARKDOWN), "    code\n\ntext\n", "    code\n\ntext"),
        (field(K.PASSWORD), "  geheim ", "  geheim "),
        (field(K.EMAIL), " Ada.L+x@Bücher.Example ", "Ada.L+x@xn--bcher-kva.example"),
        (field(K.URL), "https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        (field(K.NUMBER), " -12 ", -12),
        (field(K.NUMBER), "١٢", 12),
        (field(K.DATE), "2026-05-31", dt.date(2026, 5, 31)),
        (field(K.DATE), "31. 5.2026", dt.date(2026, 5, 31)),
        (field(K.DATETIME), "2026-07-01T18:30", dt.datetime(2026, 7, 1, 16, 30, tzinfo=dt.UTC)),
        (field(K.DATETIME), "2026-07-01T18:30+00:00", dt.datetime(2026, 7, 1, 18, 30, tzinfo=dt.UTC)),
        (field(K.SELECT, choices=COLOURS), "g", "g"),
        (field(K.RADIO, choices=COLOURS), "", ""),
        (field(K.EMAIL), "", ""),
        (field(K.NUMBER), "", None),
        (field(K.DATE), " ", None),
        (field(K.CHECKBOX), "1", True),
        (field(K.CHECKBOX), "0", False),
    ],
)
def test_values(declared: Field, raw: str, expected: object) -> None:
    assert parse(declared, [raw]) == expected


def test_what_was_not_sent_is_empty() -> None:
    assert [parse(field(kind), []) for kind in (K.TEXT, K.NUMBER, K.CHECKBOX, K.CHECKBOXES)] == [
        "",
        None,
        False,
        [],
    ]


def test_several_choices_come_in_the_lists_order_once_each() -> None:
    assert parse(field(K.CHECKBOXES, choices=COLOURS), ["b", "r", "b", ""]) == ["r", "b"]


@pytest.mark.parametrize(
    ("declared", "raw", "expected"),
    [
        (field(K.TEXT, required=True), " \u200b ", "Fill this in."),
        (field(K.TEXT, max_length=3), "abcd", "At most 3 characters, you have 4."),
        (field(K.MARKDOWN, max_length=20_000), "a" * 20_001, "At most 20,000 characters, you have 20,001."),
        (field(K.TEXT, minimum=3), "ab", "At least 3 characters, you have 2."),
        (field(K.PASSWORD), "a\x00b", "A password cannot contain this sign."),
        (field(K.NUMBER), "12,5", "Write a whole number, for example 12."),
        (field(K.NUMBER), "9" * 16, "Write a whole number, for example 12."),
        (field(K.NUMBER, minimum=1, maximum=5), "6", "Write a number from 1 to 5."),
        (field(K.NUMBER, minimum=1), "0", "Write a number of at least 1."),
        (field(K.NUMBER, maximum=1000), "1001", "Write a number of at most 1,000."),
        (field(K.DATE), "31.02.2026", "Write a date, for example 31.05.2026."),
        (field(K.DATETIME), "0001-01-01T00:00", "Write a date and a time, for example 2026-05-31 18:00."),
        (field(K.DATETIME), "9999-12-01T00:00", "Write a date and a time, for example 2026-05-31 18:00."),
        (field(K.SELECT, choices=COLOURS), "x", "This choice is not on the list. Choose one that is."),
        (field(K.SELECT, choices=COLOURS, required=True), "", "Choose one."),
        (field(K.CHECKBOXES, choices=COLOURS), "x", "This choice is not on the list. Choose one that is."),
        (field(K.CHECKBOXES, choices=COLOURS, required=True), "", "Choose at least 1."),
        (field(K.CHECKBOX, required=True), "", "Tick this box to go on."),
        (field(K.TEXT, check=lambda text: f"Not {text}."), "x", "Not x."),
    ],
)
def test_refusals_help(declared: Field, raw: str, expected: str) -> None:
    assert wrong(declared, raw) == expected


def test_too_many_choices() -> None:
    assert wrong(field(K.CHECKBOXES, choices=COLOURS, maximum=2), "r", "g", "b") == "Choose at most 2."


@pytest.mark.parametrize(
    "address",
    [
        "ada", "@example.org", "ada@", "ada@localhost", "a b@example.org", "ada@@example.org", ".ada@example.org",
        "ada..l@example.org", "ada@exam_ple.org", "ada@-example.org", "ada@example.org.", '"a b"@example.org',
        "ada@[127.0.0.1]", "ada@1.2.3.4", "a" * 65 + "@example.org", "a@" + "b." * 130 + "org",
        "a@" + "ü" * 64 + ".org", "ädä@example.org", "ada@example.org,eve@example.org", "a\nBcc:x@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    assert wrong(field(K.EMAIL), address) == "An e-mail address looks like this: name@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "example.org", "javascript:alert(1)", "data:text/html,x", "ftp://example.org", "https://", "https:///x",
        "https://a@example.org", "https://example.org\\@evil.example", "https://exa mple.org", "https://[::1",
        "https://example.org:99999",
    ],
)  # fmt: skip
def test_what_is_no_web_address(address: str) -> None:
    assert wrong(field(K.URL), address) == "A web address looks like this: https://example.org"


@given(st.text(max_size=300))
def test_cleaned_texts_stay_clean(text: str) -> None:
    line, whole = clean_line(text), clean_text(text)
    assert (clean_line(line), clean_text(whole)) == (line, whole)
    assert not set("\x00\n\r\u202e") & set(line)
    assert not set("\x00\r\u202e") & set(whole)


@given(st.text(max_size=80), st.sampled_from([kind for kind in K if kind is not K.CHECKBOXES]))
def test_no_input_breaks_a_field(text: str, kind: FieldKind) -> None:
    value: object = None
    with contextlib.suppress(WrongError):
        value = parse(field(kind, choices=COLOURS), [text])
    assert value is None or isinstance(value, str | int | dt.date)


@pytest.mark.parametrize(
    ("text", "expected"), [("a", True), (" \u200b\u00a0\n", False), ("👍", True), ("", False)]
)
def test_what_can_be_seen(text: str, *, expected: bool) -> None:
    assert is_visible(text) is expected
