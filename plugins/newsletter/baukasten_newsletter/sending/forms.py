"""The form that lets an issue go out."""

import datetime as dt

from werkzeug.datastructures import MultiDict

from baukasten.plugin import Field, FieldKind, lazy
from baukasten.sdk import Form, Invalid, dngettext

_ = lazy("newsletter")
NOW, LATER = "now", "later"


def schedule_form(action: str, reached: int, *, typed: bool) -> Form:
    """Ask when an issue goes out; ``typed`` asks for the number of people too."""
    fields = [
        Field(
            "when",
            _("When"),
            FieldKind.RADIO,
            required=True,
            default=NOW,
            choices=((NOW, _("At once")), (LATER, _("Later, at the moment below"))),
        ),
        Field("at", _("Day and time"), FieldKind.DATETIME, help=_("By the clocks of your town.")),
    ]
    if typed:
        help_text = _("So that nobody writes to so many by mistake.")
        fields.append(
            Field(
                "typed",
                _("Type the number of people who get it"),
                FieldKind.NUMBER,
                required=True,
                minimum=0,
                maximum=1_000_000_000,
                help=help_text,
            )
        )
    submit = dngettext("newsletter", "Send to %(num)s person", "Send to %(num)s people", reached)
    return Form(fields, action, submit, {"when": NOW})


def read(form: Form, sent: MultiDict[str, str]) -> tuple[dt.datetime | None, int | None]:
    """Give the moment that was chosen, nothing for at once, and the number that was typed; raises Invalid."""
    if not form.read(sent):
        raise Invalid({})
    values = form.values
    if values["when"] == NOW:
        return None, values.get("typed")
    if values["at"] is None:
        raise Invalid({"at": _("Choose a day and a time.")})
    return values["at"], values.get("typed")
