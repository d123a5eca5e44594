"""Small things that people type about themselves, made safe for mails: their name."""

import re
import unicodedata

LONGEST_NAME = 100
BREAKS = frozenset({"Cc", "Cs", "Co", "Zl", "Zp", "Zs"})
"""Line breaks, control characters, halves of pairs, and the marks for slots in letters (private use)."""


def name(text: str) -> str:
    """Give a name on one line of at most 100 signs, without what breaks a header or turns the direction of text."""
    plain = "".join(" " if unicodedata.category(sign) in BREAKS else sign for sign in text)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf" or sign in "\u200c\u200d")
    return unicodedata.normalize("NFC", re.sub(" +", " ", seen)).strip()[:LONGEST_NAME].strip()
