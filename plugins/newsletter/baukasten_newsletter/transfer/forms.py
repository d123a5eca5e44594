"""The form with which staff sends a file of people and says where their consent comes from."""

from collections.abc import Mapping, Sequence
from typing import Any

from baukasten.plugin import Field, FieldKind, lazy
from baukasten.sdk import Form, language_named
from baukasten_newsletter.transfer.judging import MOST_AGREED, MOST_HOW, MOST_WHEN

_ = lazy("newsletter")


def upload(action: str, topics: Sequence[Any], languages: Sequence[str], values: Mapping[str, Any]) -> Form:
    """Ask for topics, language and the origin of the consents; the file itself stands in the template."""
    fields = [
        Field(
            "agreed",
            _("What these people agreed to"),
            max_length=MOST_AGREED,
            help=_("In the words of then, such as: Newsletter of the town library by e-mail."),
        ),
        Field(
            "when",
            _("When they agreed"),
            max_length=MOST_WHEN,
            help=_("A day or a span, such as: March to May 2026."),
        ),
        Field(
            "how",
            _("How they agreed"),
            max_length=MOST_HOW,
            help=_(
                "Such as: list on paper at the counter, filed under 10-3; or: form with confirmation mail."
            ),
        ),
    ]
    if len(topics) > 1:
        choices = [(str(row.id), row.title) for row in topics]
        fields.append(Field("topics", _("Which topics they get"), FieldKind.CHECKBOXES, choices=choices))
    if len(languages) > 1:
        spoken = [(code, language_named(code).label) for code in languages]
        label = _("Language, where the file says none")
        fields.append(Field("language", label, FieldKind.SELECT, required=True, choices=spoken))
    return Form(fields, action, _("Check the file"), values)
