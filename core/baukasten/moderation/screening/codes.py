"""Why a contribution is held or refused: a code for counting, and a sentence that says what happened and what helps."""

from enum import StrEnum
from typing import Any

from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")


class Code(StrEnum):
    """What a screening of the core found; plugins have codes of their own."""

    SIZE = "size"
    REFUSED_WORDS = "refused_words"
    DUPLICATE = "duplicate"
    RATE = "rate"
    DAY = "day"
    GAP = "gap"
    WORDS = "words"
    TRAP = "trap"
    PRECHECK = "precheck"
    FIRST = "first"
    LINKS = "links"
    FLOOD = "flood"
    UNUSUAL = "unusual"


REFUSED = frozenset(
    {Code.SIZE, Code.REFUSED_WORDS, Code.DUPLICATE, Code.RATE, Code.DAY, Code.GAP},
)
"""What is not taken; with all others the text is stored, and a moderator looks at it."""
TEXTS = {
    Code.SIZE: _(
        "At most %(most)s characters fit into one contribution, yours has %(count)s. "
        "Please shorten it, or send it in two parts."
    ),
    Code.REFUSED_WORDS: _("The town does not take this word here: “%(word)s”. Please say it differently."),
    Code.DUPLICATE: _(
        "You sent this text already within the last day, and it has arrived. You need not send it again."
    ),
    Code.RATE: _(
        "You have sent %(count)s contributions within ten minutes, so there is a short break. "
        "You can go on at %(when)s."
    ),
    Code.DAY: _("You have sent %(count)s contributions within a day. You can go on at %(when)s."),
    Code.GAP: _("There is a short break between your first contributions. You can go on at %(when)s."),
    Code.WORDS: _("A word in your text makes a moderator read it first."),
    Code.TRAP: _(
        "A field that people do not see was filled in. Browsers sometimes do that by themselves, "
        "so a moderator reads your text first."
    ),
    Code.PRECHECK: _("Here a moderator reads every contribution before it appears."),
    Code.FIRST: _("A moderator reads the first contributions of new members before they appear."),
    Code.LINKS: _("New members may set %(most)s links. With more, a moderator reads the text first."),
    Code.FLOOD: _("Several people have sent the same text. A moderator reads it first."),
    Code.UNUSUAL: _("The text came unusually fast or often, so a moderator reads it first."),
}


def text_of(code: Code, **values: Any) -> str:
    """Give the sentence in the language that is spoken now."""
    return dgettext("core", TEXTS[code], **values)
