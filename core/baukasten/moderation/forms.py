"""Forms of moderation: the report, and the decision."""

from baukasten.moderation.models import Measure
from baukasten.moderation.reports import REASONS
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.refs import Visibility
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")
CHOICES: dict[Visibility, tuple[tuple[str, str], ...]] = {
    Visibility.HELD: ((Measure.PUBLISH, _("Publish")), (Measure.REJECT, _("Reject, with a reason"))),
    Visibility.PUBLISHED: (
        (Measure.KEEP, _("All right, leave it")),
        (Measure.HIDE, _("Hide, with a reason")),
    ),
    Visibility.FOLDED: ((Measure.KEEP, _("All right, leave it")), (Measure.HIDE, _("Hide, with a reason"))),
    Visibility.HIDDEN: ((Measure.RESTORE, _("Show it again")), (Measure.KEEP, _("Leave it hidden"))),
}
NOTHING_TO_DO = ((Measure.KEEP, _("Close the case")),)


def report_form() -> Form:
    """Ask what is wrong, in the town's words."""
    fields = [
        Field("reason", _("What is wrong with it?"), FieldKind.RADIO, required=True, choices=REASONS),
        Field(
            "explanation",
            _("What should we know?"),
            FieldKind.TEXTAREA,
            help=_("One sentence is enough. Name the place if the text is long."),
            max_length=2000,
            rows=4,
        ),
        Field("website", _("Leave this empty"), max_length=200),
    ]
    return Form(fields, submit=_("Send the report"))


def decision_form(visibility: Visibility) -> Form:
    """Offer the steps that fit the state of the contribution, from mild to strict."""
    choices = [(str(value), label) for value, label in CHOICES.get(visibility, NOTHING_TO_DO)]
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
