"""The forms of people who write messages, and what their fields say."""

from collections.abc import Mapping
from typing import Any

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten.sdk import Form, module_url, token
from baukasten_chat.messages.cooking import LONGEST

_ = lazy("chat")
BODY = Field("body", _("Your message"), FieldKind.TEXTAREA, required=True, max_length=LONGEST, rows=2)
NONCE = Field("nonce", "", FieldKind.HIDDEN, max_length=64)
"""The client's mark: what is sent twice is said once."""
REPLY_TO = Field("reply_to", "", FieldKind.HIDDEN, max_length=18)
CHANGE_TITLE = _("Change your message")
TOWN = Field("town", _("Speak for the town"), FieldKind.CHECKBOX, default=False)


def say_form(module: ModuleRef, *, for_town: bool, values: Mapping[str, Any] | None = None) -> Form:
    """Give the form of a new message; ``for_town`` lets its writer choose whose words they are."""
    fields = [BODY, *([TOWN] if for_town else []), NONCE, REPLY_TO]
    given = {"nonce": token(16), **(values or {})}
    return Form(fields, module_url(module, "say"), _("Send"), given, guarded=True)


def edit_form(values: Mapping[str, Any] | None = None) -> Form:
    """Give the form that changes a message of one's own."""
    return Form([BODY], "", _("Publish the change"), values)


def number(written: str) -> int:
    """Read a number from a form or an address; 0 for what is none."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) <= 18 else 0
