"""Forms of appeals: the objection, and the answer to it."""

from baukasten.moderation.appeals import filing, settling
from baukasten.moderation.models import Settled, Side
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")
UNDO = _("The appeal is right: undo the decision")
LOOK_AGAIN = _("The appeal is right: look at the report again")


def appeal_form() -> Form:
    """Ask why the decision is wrong."""
    body = Field(
        "body",
        _("Why is the decision wrong?"),
        FieldKind.TEXTAREA,
        required=True,
        help=_("Say it in your own words. Nobody expects you to know the law."),
        max_length=filing.LONGEST,
        rows=7,
    )
    return Form([body], submit=_("Appeal"))


def answer_form(side: str) -> Form:
    """Ask whether the appeal is right, and what its author shall read."""
    right = LOOK_AGAIN if side == Side.REPORTER else UNDO
    fields = [
        Field(
            "outcome",
            _("Answer"),
            FieldKind.RADIO,
            required=True,
            choices=[(Settled.GRANTED.value, right), (Settled.REFUSED.value, _("The decision stays"))],
        ),
        Field(
            "answer",
            _("Your words to whoever appealed"),
            FieldKind.TEXTAREA,
            required=True,
            help=_("Say what you looked at and why you decide so. The answer goes out at once."),
            max_length=settling.LONGEST,
            rows=6,
        ),
    ]
    return Form(fields, submit=_("Answer the appeal"))
