"""The words of a question: one line of plain text, as it fits on a stage."""

from markupsafe import escape

from baukasten.plugin import lazy
from baukasten.sdk import Invalid, normalise

_ = lazy("chat")
LONGEST = 280
"""Characters of a question."""


def checked(body: str) -> str:
    """Give a question on one line; raises Invalid for one that is empty or too long."""
    text = " ".join(normalise(body).split())
    if not text:
        raise Invalid({"body": _("Please write your question.")})
    if len(text) > LONGEST:
        raise Invalid({"body": _("That is longer than 280 characters. Please ask one thing at a time.")})
    return text


def as_html(text: str) -> str:
    """Give a question as pages print it: its words and nothing else."""
    return str(escape(text))
