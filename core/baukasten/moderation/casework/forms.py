"""The form of a decision."""

from baukasten.moderation import measures
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.refs import Visibility
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")


def decision_form(kind: ContentType, visibility: Visibility) -> Form:
    """Offer the steps that fit the state of the contribution, from mild to strict."""
    choices = [(str(step), measures.NAMES[step]) for step in measures.ladder(kind, visibility)]
    fields = [
        Field("measure", _("Decision"), FieldKind.RADIO, required=True, choices=choices),
        Field(
            "rule",
            _("Rule"),
            help=_(
                "Which of your rules does it break? Needed for strict steps; everybody reads it where the text was."
            ),
            max_length=300,
        ),
        Field(
            "facts",
            _("Reason"),
            FieldKind.TEXTAREA,
            help=_("What did the text do against the rule? The reason is kept with the decision."),
            max_length=2000,
            rows=4,
        ),
    ]
    return Form(fields, submit=_("Decide"))
