"""Texts are stored as typed, without what harms, and shown with few marks."""

import pytest

from baukasten.errors import Invalid
from baukasten_chat.messages.cooking import cook


@pytest.mark.parametrize(
    ("typed", "text", "html"),
    [
        ("  Guten Abend \n", "Guten Abend", "Guten Abend"),
        ("eins\r\nzwei", "eins\nzwei", "eins<br>zwei"),
        ("eins\n\n\n \n\nzwei", "eins\n\nzwei", "eins<br><br>zwei"),
        ("a\x00b\u202ec", "abc", "abc"),
        ("<b>**x**</b>", "<b>**x**</b>", "&lt;b&gt;<strong>x</strong>&lt;/b&gt;"),
        ("# Titel\n- Punkt", "# Titel\n- Punkt", "# Titel<br>- Punkt"),
    ],
)
def test_a_text_is_kept_and_shown(session, typed, text, html):
    cooked = cook(session, 1, typed)
    assert (cooked.text, cooked.html, cooked.called) == (text, html, {})


@pytest.mark.parametrize("typed", ["", " \n\t", "\x00\x01", "x" * 1001, "x" * 100_000])
def test_what_is_no_message_is_refused(session, typed):
    with pytest.raises(Invalid) as refused:
        cook(session, 1, typed)
    assert refused.value.errors == {"body": refused.value.message}


def test_a_text_without_calls_asks_nothing(session, statements):
    with statements() as seen:
        cook(session, 1, "Guten Abend, " * 70)
    assert seen == []
