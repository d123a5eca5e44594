"""Finds what may tell who wrote a text: addresses, numbers and names, as far as simple patterns go.

Names without "Mrs", "my name is" or a greeting before them are not found: a person has to read the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from baukasten.plugin import LazyText, lazy

_ = lazy("survey")
LEAST_DIGITS = 7
"""Of a telephone number."""
DAY = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?\d{2,4}")
ROADS = "straße|strasse|str|weg|gasse|platz|allee|ring|damm|ufer|hof|stieg|pfad|markt|chaussee|wall"
NAME = r"[A-ZÄÖÜ][\w'’-]{1,40}"
# Each repetition is bounded, so that no text takes longer than its length.
TELEPHONE = re.compile(r"(?<![\w.])(?:\+\s?)?\(?\d[\d ()/.–-]{5,24}\d(?!\w)")
PATTERNS: tuple[tuple[LazyText, re.Pattern[str]], ...] = (
    (_("E-mail address"), re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")),
    (_("Bank account"), re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")),
    (_("Address on the web"), re.compile(r"(?:https?://|\bwww\.)\S{1,200}", re.IGNORECASE)),
    (_("Telephone number"), TELEPHONE),
    (
        _("Street with a house number"),
        re.compile(
            rf"\b[\wäöüß-]{{0,40}}(?:\s|-)?(?:{ROADS})\.?\s{{0,2}}\d{{1,4}}\s?[a-z]?\b", re.IGNORECASE
        ),
    ),
    (_("Town with its postcode"), re.compile(rf"\b\d{{5}}\s{NAME}")),
    (_("Day, such as a birthday"), DAY),
    (
        _("Name"),
        re.compile(rf"\b(?:Herrn?|Frau|Familie|Fam\.|Dr\.|Prof\.|Mr|Mrs|Ms)\s{{1,3}}(?:Dr\.\s)?{NAME}"),
    ),
    (
        _("Name"),
        re.compile(
            rf"\b(?i:ich heiße|ich heisse|mein name ist|my name is|name:)\s{{1,3}}{NAME}(?:\s{NAME})?"
        ),
    ),
    (
        _("Name"),
        re.compile(
            rf"\b(?i:gruß|grüße|grüßen|mfg|regards)[,!]?\s{{1,4}}(?:(?:von|Ihre?)\s)?{NAME}(?:\s{NAME})?"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Trace:
    """A piece of a text that may tell who wrote it."""

    kind: str
    words: str


def traces(text: str) -> list[Trace]:
    """Give what may tell who wrote a text, each piece once."""
    return list(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[Trace]:
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text):
            words = match[0].strip()
            if pattern is TELEPHONE and (
                DAY.fullmatch(words) or sum(sign.isdigit() for sign in words) < LEAST_DIGITS
            ):
                continue
            yield Trace(str(kind), words)
