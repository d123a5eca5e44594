"""The form that closes an account."""

from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")


def close_form() -> Form:
    """Ask for the password and a clear yes."""
    fields = [
        Field(
            "password", _("Your password"), FieldKind.PASSWORD, required=True, autocomplete="current-password"
        ),
        Field(
            "sure",
            _("Yes, close my account and erase my data. This cannot be undone."),
            FieldKind.CHECKBOX,
            required=True,
        ),
    ]
    return Form(fields, submit=_("Close my account"))
