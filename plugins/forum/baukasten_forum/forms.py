"""The forms of people who write: a new topic, a reply, a change of either."""

from collections.abc import Mapping
from typing import Any

from flask import request

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten.sdk import Form, token
from baukasten_forum import categories
from baukasten_forum.service import MAX_TITLE
from baukasten_forum.stages import kinds

_ = lazy("forum")
MAX_BODY = 20_000
NONCE = Field("nonce", "", FieldKind.HIDDEN, max_length=64)
VERSION = Field("version", "", FieldKind.HIDDEN, max_length=64)
"""Of the draft: tells which one the writer has seen."""
SEEN = Field("seen", "", FieldKind.HIDDEN, max_length=64)
"""The same of the post that is changed."""
REPLY_TO = Field("reply_to", "", FieldKind.HIDDEN, max_length=18)
LIMIT = _("Up to 20,000 characters.")


def here_again() -> str:
    """Give the address of this very page, so that a form comes back among the same posts."""
    return request.script_root + request.full_path.rstrip("?")


def _body(label: str, rows: int) -> Field:
    return Field("body", label, FieldKind.MARKDOWN, required=True, max_length=MAX_BODY, rows=rows, help=LIMIT)


TITLE = Field(
    "title",
    _("In one sentence"),
    required=True,
    max_length=MAX_TITLE,
    help=_("What is it about? Others read this first."),
)
REASON = Field("reason", _("What do you change, and why?"), max_length=300, help=_("Everybody can read it."))
RULE = Field(
    "rule", _("Which rule did it break?"), required=True, max_length=100, help=_("Everybody can read it.")
)
REPLY_FIELDS = [_body(_("Your text"), 6), NONCE, VERSION, REPLY_TO]


def topic_form(module: ModuleRef, action: str, values: Mapping[str, Any] | None = None) -> Form:
    """Give the form of a new topic, with a mark of its own against the double click."""
    choices = [one for one in (kinds.field(module), _category(module)) if one is not None]
    fields = [TITLE, _body(_("Your contribution"), 12), *choices, NONCE, VERSION]
    return Form(fields, action, _("Publish contribution"), {"nonce": token(16), **(values or {})})


def reply_form(action: str, values: Mapping[str, Any] | None = None) -> Form:
    """Give the form of a reply, with a mark of its own against the double click."""
    return Form(REPLY_FIELDS, action, _("Publish reply"), {"nonce": token(16), **(values or {})})


def edit_form(
    values: Mapping[str, Any], *, with_title: bool, needs_reason: bool, needs_rule: bool = False
) -> Form:
    """Give the form that changes a post; without a reason where nobody asks for one."""
    titles = [TITLE] if with_title else []
    reasons = ([RULE] if needs_rule else []) + ([REASON] if needs_reason else [])
    fields = [*titles, _body(_("Your text"), 10), *reasons, SEEN, VERSION]
    return Form(fields, "", _("Publish the change"), values)


def number(text: str) -> int:
    """Read a number from a hidden field; 0 for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def _category(module: ModuleRef) -> Field | None:
    """Give the choice of a category; nothing where there are none."""
    known = categories.choosable(module)
    if not known:
        return None
    choices = [("", _("None of these")), *((str(one.id), one.title) for one in known)]
    return Field("category", _("Subject"), FieldKind.SELECT, default="", choices=choices)
