"""The form that says what an unread letter is."""

from baukasten.plugin import Field, FieldKind, lazy
from baukasten.sdk import Form
from baukasten_newsletter.returns.classes import WORDS
from baukasten_newsletter.returns.quarantine import CHOICES

_ = lazy("newsletter")


def kind_form(action: str) -> Form:
    """Ask for the kind of a letter."""
    field = Field(
        "kind",
        _("What it is"),
        FieldKind.SELECT,
        required=True,
        choices=[("", _("Please choose")), *((kind.value, WORDS[kind]) for kind in CHOICES)],
        help=_(
            "Everything follows that would have followed had it been read: a complaint ends the subscription."
        ),
    )
    return Form([field], action, str(_("Take it as this")), {"kind": ""})
