"""The two forms: a new topic, a reply."""

from baukasten.plugin import Field, FieldKind, lazy
from baukasten.sdk import Form, token
from baukasten_forum.service import MAX_TITLE

_ = lazy("forum")
MAX_BODY = 20_000
NONCE = Field("nonce", "", FieldKind.HIDDEN, max_length=64)


def _body(label: str, rows: int, help_: str = "") -> Field:
    return Field("body", label, FieldKind.MARKDOWN, required=True, max_length=MAX_BODY, rows=rows, help=help_)


TITLE = Field(
    "title",
    _("In one sentence"),
    required=True,
    max_length=MAX_TITLE,
    help=_("What is your idea? Others read this first."),
)
TOPIC_FIELDS = [TITLE, _body(_("Your contribution"), 12), NONCE]
REPLY_FIELDS = [_body(_("Your text"), 6), NONCE]


def topic_form(action: str) -> Form:
    """Give the form of a new topic, with a mark of its own against the double click."""
    return Form(TOPIC_FIELDS, action, _("Publish contribution"), {"nonce": token(16)})


def reply_form(action: str) -> Form:
    """Give the form of a reply, with a mark of its own against the double click."""
    return Form(REPLY_FIELDS, action, _("Publish reply"), {"nonce": token(16)})
