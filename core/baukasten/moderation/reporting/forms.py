"""The form of a report."""

from baukasten.db.session import Scope
from baukasten.moderation.reporting import reasons
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")


def report_form(session: Scope) -> Form:
    """Ask what is wrong, in the words of the town's rules."""
    fields = [
        Field(
            "reason",
            _("What is wrong with it?"),
            FieldKind.RADIO,
            required=True,
            choices=reasons.choices(session),
        ),
        Field(
            "explanation",
            _("What should we know?"),
            FieldKind.TEXTAREA,
            help=_(
                "One sentence is enough. Name the place if the text is long. For the last two reasons we need it."
            ),
            max_length=2000,
            rows=4,
        ),
    ]
    return Form(fields, submit=_("Send the report"))
