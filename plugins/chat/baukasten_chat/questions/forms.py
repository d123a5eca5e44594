"""The forms of people who ask, and what their fields say."""

from collections.abc import Mapping
from typing import Any

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten.sdk import Form, module_url, token
from baukasten_chat.questions import wishes
from baukasten_chat.questions.wording import LONGEST

_ = lazy("chat")
BODY = Field(
    "body",
    _("What would you like to know?"),
    FieldKind.TEXTAREA,
    required=True,
    max_length=LONGEST,
    rows=2,
    help=_("One question at a time, at most 280 characters."),
)
ANONYMOUS = Field("anonymous", _("Show it without my name"), FieldKind.CHECKBOX, default=False)
NONCE = Field("nonce", "", FieldKind.HIDDEN, max_length=64)
"""The client's mark: what is sent twice is asked once."""
SURE = Field("sure", "", FieldKind.HIDDEN, max_length=1, default="")
"""Whether the similar questions were shown."""


def ask_form(module: ModuleRef, values: Mapping[str, Any] | None = None) -> Form:
    """Give the form of a new question."""
    fields = [BODY, *([ANONYMOUS] if wishes.of(module).nameless else []), NONCE, SURE]
    given = {"nonce": token(16), **(values or {})}
    return Form(fields, module_url(module, "ask"), _("Send in the question"), given, guarded=True)


def change_form(values: Mapping[str, Any] | None = None) -> Form:
    """Give the form that changes a question of one's own."""
    return Form([BODY], "", _("Save the change"), values)
