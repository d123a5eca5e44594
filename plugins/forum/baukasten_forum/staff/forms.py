"""Forms of staff's tools."""

from collections.abc import Sequence

from baukasten.plugin import Field, FieldKind, lazy
from baukasten.sdk import Form, token
from baukasten_forum.service import MAX_TITLE
from baukasten_forum.staff.letters import MAX_NAME
from baukasten_forum.staff.notes import MAX_NOTE

_ = lazy("forum")
MAX_BODY = 20_000
TARGET = Field(
    "target",
    _("Number or address of the other contribution"),
    required=True,
    max_length=400,
    help=_("The number stands above its title, such as No. 42."),
)
NUMBERS = Field(
    "numbers",
    _("Further numbers"),
    max_length=400,
    help=_("Such as 3, 5-7. They count besides what is ticked."),
)
TITLE = Field("title", _("Title of the new contribution"), required=True, max_length=MAX_TITLE)
Categories = Sequence[tuple[int, str]]


def merge_form(action: str) -> Form:
    """Give the form that joins a topic with another."""
    return Form([TARGET], action, _("Join"))


def split_form(action: str, categories: Categories) -> Form:
    """Give the form that begins a topic with posts of another."""
    subject = [_subject(categories)] if categories else []
    return Form([TITLE, *subject, NUMBERS], action, _("Begin the new contribution"))


def move_form(action: str) -> Form:
    """Give the form that moves posts to another topic."""
    return Form([TARGET, NUMBERS], action, _("Move"))


def note_form(action: str) -> Form:
    """Give the form of a note."""
    body = Field("body", _("New note"), FieldKind.TEXTAREA, required=True, max_length=MAX_NOTE, rows=4)
    return Form([body], action, _("Save the note"))


def letter_form(action: str, categories: Categories) -> Form:
    """Give the form of a letter, with a mark of its own against the double click."""
    fields = [
        Field("title", _("In one sentence"), max_length=MAX_TITLE, help=_("Needed unless it is a reply.")),
        Field(
            "body", _("Text of the letter"), FieldKind.MARKDOWN, required=True, max_length=MAX_BODY, rows=12
        ),
        Field("name", _("Name to be shown"), max_length=MAX_NAME, help=_("Only with the person's consent.")),
        Field("received_on", _("Received on"), FieldKind.DATE),
        Field("target", _("Reply to contribution"), max_length=400, help=TARGET.help),
        *([_subject(categories)] if categories else []),
        Field("nonce", "", FieldKind.HIDDEN, max_length=64),
    ]
    return Form(fields, action, _("Publish the letter"), {"nonce": token(16)})


def _subject(categories: Categories) -> Field:
    choices = [("", _("None")), *((str(key), title) for key, title in categories)]
    return Field("category_id", _("Subject"), FieldKind.SELECT, choices=choices, default="")
