"""From what somebody typed to what everybody reads in a room."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from baukasten.plugin import lazy
from baukasten.sdk import Invalid, SafeHtml, Scope, normalise, render_line
from baukasten_chat.messages import mentions

_ = lazy("chat")
LONGEST = 1_000
"""Characters of one message; a chat is no place for letters."""
_GAPS = re.compile(r"\n[^\S\n]*(?:\n\s*)+")


@dataclass(frozen=True, slots=True)
class Cooked:
    """A message in both its shapes."""

    text: str
    html: SafeHtml
    called: Mapping[str, int]
    """People by the names that stand in the text."""


def cook(session: Scope, room_id: int, body: str) -> Cooked:
    """Turn a text into what is stored; raises Invalid for one that is empty or too long."""
    if len(body) > 2 * LONGEST:
        raise Invalid({"body": TOO_LONG}, TOO_LONG)
    # Empty lines push what others said out of sight.
    text = _GAPS.sub("\n\n", normalise(body).strip())
    if not text:
        raise Invalid({"body": EMPTY}, EMPTY)
    if len(text) > LONGEST:
        raise Invalid({"body": TOO_LONG}, TOO_LONG)
    called = mentions.known(session, room_id, text)
    return Cooked(text, render_line(text, names=called), called)


EMPTY = _("Please write something.")
TOO_LONG = _("This message is longer than 1,000 characters. Please shorten it or split it.")
