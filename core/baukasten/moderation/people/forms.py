"""The form of a measure against a person."""

from baukasten.moderation import measures
from baukasten.moderation.house_rules.service import Rules
from baukasten.moderation.models import Measure
from baukasten.plugin.fields import Field, FieldKind
from baukasten.plugin.refs import Standing
from baukasten.plugin.text import lazy
from baukasten.web.forms import Form

_ = lazy("core")
LABELS = {
    Measure.FREE: _("Lift the measure: everything is open again"),
    Measure.WARN: _("Warn: stands on record and is told, limits nothing"),
    Measure.MUTE: _("Mute: may read, report and appeal, but not write"),
    Measure.SUSPEND: _("Suspend: as muted, and without rights of staff"),
}
INSIDE = {
    **LABELS,
    Measure.MUTE: _("Mute here: may read along in this module, but not write"),
    Measure.SUSPEND: _("Exclude: neither writes here nor hears what is said live"),
}
"""The same in one module."""


def measure_form(rules: Rules, standing: Standing, *, longest_days: int = 0, inside: str = "") -> Form:
    """Offer the steps from mild to strict; ``longest_days`` is how far the viewer's measures reach, 0 for ever.

    ``inside`` is the title of the module in which alone they are to hold; empty for the whole town.
    """
    steps = [
        step for step in measures.ON_PERSON if step is not Measure.FREE or standing is not Standing.ACTIVE
    ]
    labels = INSIDE if inside else LABELS
    choices = [(str(step), labels[step]) for step in steps]
    listed = [(one.key, f"{one.number}. {one.title}") for one in rules.rules]
    any_or_none = [("", _("Choose")), *listed]
    # Only lifting goes without a reason, and that is offered to those alone whom a measure limits.
    strict = Measure.FREE not in steps
    until = (
        _("Needed for muting and suspending: seven days from now at most.")
        if longest_days
        else _("For muting and suspending. Empty: until somebody ends it.")
    )
    fields = [
        Field("measure", _("Measure"), FieldKind.RADIO, required=True, choices=choices),
        Field(
            "rule", _("Rule"), FieldKind.SELECT, required=strict, choices=listed if strict else any_or_none
        ),
        Field(
            "facts",
            _("What happened"),
            FieldKind.TEXTAREA,
            required=strict,
            help=_(
                "The person reads it. Say what was done where; rule and facts are needed for every measure."
            ),
            max_length=4_000,
            rows=4,
        ),
        Field("until", _("Until"), FieldKind.DATETIME, help=until),
    ]
    return Form(fields, submit=_("Take the measure"))


def loan_form() -> Form:
    """Ask whom to invite, from where, and until when."""
    fields = [
        Field(
            "email", _("E-mail address"), FieldKind.EMAIL, required=True, autocomplete="off", max_length=254
        ),
        Field(
            "home",
            _("From which town"),
            required=True,
            help=_("Stands beside the name among your moderators."),
            max_length=100,
        ),
        Field(
            "until",
            _("Until"),
            FieldKind.DATETIME,
            required=True,
            help=_("Within the next 90 days. The rights end by themselves then."),
        ),
    ]
    return Form(fields, submit=_("Send the invitation"))
