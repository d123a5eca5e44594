"""Names as people type them, safe for a mail's greeting."""

import pytest

from baukasten_newsletter.keys import Slot
from baukasten_newsletter.people import values


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna Siel", "Anna Siel"),
        ("  Anna \t Siel ", "Anna Siel"),
        ("Anna\r\nBcc: x@y.example", "Anna Bcc: x@y.example"),
        ("Anna\u2028Siel\x00\x85", "Anna Siel"),
        ("\u202eanna", "anna"),
        ("A\u0308nne", "Änne"),
        ("نیما\u200cپور", "نیما\u200cپور"),
        (Slot.WHY, "why"),
        ("\ud800", ""),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_name_is_one_safe_line(typed, kept):
    assert values.name(typed) == kept
