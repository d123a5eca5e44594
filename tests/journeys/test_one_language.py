"""German pages speak no English, English pages no German, apart from what people wrote."""

import re

import pytest
from babel.messages.pofile import read_po

from baukasten.web.assets.messages import domain_of, packages
from tests.journeys.tour import Tour

pytestmark = pytest.mark.browser

SURVEY = re.compile(r'<div class="wrap survey" lang="([\w-]+)".*?</main>', re.DOTALL)
SCREEN = re.compile(r"<script.*?</script>|<[^>]*>", re.DOTALL)
FEW = 3
"""Shorter texts are the same in both languages too often: Start, Name, Forum."""
KEPT = {"In this room the moderators read every message before it appears."}
"""Reasons that stay with what waits, in the language of whoever wrote it."""
OWN = {
    "Neues aus den Verfahren",
    "Antworten der Stadt",
    "Das ist daraus geworden",
    "Zu viele Server weisen unsere Mails des Absenders wegen ab.",
}
"""What a town of the demo says itself on its pages, whatever their language, and what was noted in the town's."""
LETTER = "/vorschau/"
"""Shows a letter in its own language."""


def texts() -> dict[str, str]:
    """Give the house's longer texts without values, English to German."""
    found: dict[str, str] = {}
    for package in packages():
        with (package / f"translations/de/LC_MESSAGES/{domain_of(package)}.po").open("rb") as stream:
            messages = [message for message in read_po(stream, locale="de") if isinstance(message.id, str)]
        found |= {str(message.id): str(message.string) for message in messages}
    long = {english: german for english, german in found.items() if is_long(english) and is_long(german)}
    assert long.keys() >= KEPT
    return {english: german for english, german in long.items() if english not in KEPT and german not in OWN}


def is_long(text: str) -> bool:
    """Tell whether a text has enough words to be of one language, and no values in it."""
    return "%" not in text and len(text.split()) >= FEW


def screen(html: str, language: str) -> str:
    """Give the words that a reader sees, without markup; a survey speaks the language that somebody chose for it."""
    html = SURVEY.sub(lambda found: found[0] if found[1] == language else "", html)
    return re.sub(r"\s+", " ", SCREEN.sub("\n", html).replace("&#39;", "'").replace("&amp;", "&"))


def test_no_page_mixes_languages(tour: Tour):
    pairs = texts()
    assert len(pairs) > 300
    mixed = []
    for name, sight in tour.sights.items():
        if LETTER in sight.page.path:
            continue
        english = sight.page.path.startswith("/en")
        foreign = pairs.values() if english else pairs.keys()
        seen = screen(sight.html, "en" if english else "de")
        mixed += [f"{name}: {words}" for words in foreign if words in seen]
    assert mixed == [], "\n".join(mixed)
