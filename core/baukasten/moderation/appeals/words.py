"""What decisions mean, in one plain sentence for whoever they concern and one for whoever reported."""

from collections.abc import Mapping

from baukasten.moderation.measures import ON_PERSON
from baukasten.moderation.models import CaseCause, Decision, Measure
from baukasten.moderation.people.standing import MODULE, PROFILE
from baukasten.plugin.refs import Visibility
from baukasten.plugin.text import lazy

_ = lazy("core")
TO_AUTHOR: Mapping[Measure, str] = {
    Measure.PUBLISH: _("Your contribution is in public view now."),
    Measure.RESTORE: _("Your contribution is in public view again."),
    Measure.ASK: _("Please change your contribution. It is folded away until you do."),
    Measure.NOTE: _("Your contribution stays as it is. A note of the moderators stands beside it."),
    Measure.FOLD: _("Your contribution is folded away. One click shows it."),
    Measure.HIDE: _("Your contribution is hidden from public view."),
    Measure.REMOVE: _("Your contribution is out of public view for good."),
    Measure.REJECT: _("Your contribution does not come into public view."),
    Measure.FREE: _("A measure against you has been lifted. You can write again."),
    Measure.WARN: _("This is a warning. You can go on writing."),
    Measure.MUTE: _("You cannot write at the moment. Reading, reporting and appealing stay open to you."),
    Measure.SUSPEND: _("You are suspended. Reading, reporting and appealing stay open to you."),
}
INSIDE: Mapping[Measure, str] = {
    Measure.FREE: _("A measure against you in “%(module)s” has been lifted. You can write there again."),
    Measure.MUTE: _("You cannot write in “%(module)s” at the moment. You can read along there."),
    Measure.SUSPEND: _("You are excluded from “%(module)s”. All else stays open to you."),
}
"""What a measure means that holds in one module alone."""
NAME_TO_MEMBER: Mapping[Measure, str] = {
    Measure.RESTORE: _("Your name is shown again."),
    Measure.ASK: _("Please choose another name."),
    Measure.NOTE: _("A note of the moderators stands beside your name."),
    Measure.HIDE: _("Your name is hidden from public view. Please choose another one."),
}
NAME_TO_REPORTER: Mapping[Measure, str] = {
    Measure.ASK: _("The person has been asked to choose another name."),
    Measure.NOTE: _("A note of the moderators stands beside the name now."),
    Measure.HIDE: _("The name is hidden from public view now."),
}
ASKED_WHILE_HELD = _("Please change your contribution. It is not in public view until you do.")
TO_REPORTER: Mapping[Measure, str] = {
    Measure.ASK: _("The author has been asked to change the contribution."),
    Measure.NOTE: _("A note of the moderators stands beside the contribution now."),
    Measure.FOLD: _("The contribution is folded away now."),
    Measure.HIDE: _("The contribution is hidden from public view now."),
    Measure.REMOVE: _("The contribution is out of public view for good."),
    Measure.REJECT: _("The contribution does not come into public view."),
}
MEASURE_TAKEN = _("The moderators have taken a measure.")
NO_BREACH = _("The moderators found no breach of the rules. The contribution stays as it is.")
BY_MACHINE = _("A machine took this decision.")
FOUND_BY_MACHINE = _("An automatic check held the contribution back. People decided about it.")
BY_PEOPLE = _("People decided. No machine took part.")


def to_author(decision: Decision) -> str:
    """Say what was decided, to whoever it concerns; "" for what nobody is told, such as that all was right."""
    measure, module = Measure(decision.measure), decision.evidence.get(MODULE)
    if module and measure in INSIDE:
        return str(INSIDE[measure]) % {"module": module}
    if measure is Measure.ASK and decision.before == Visibility.HELD:
        return str(ASKED_WHILE_HELD)
    named = NAME_TO_MEMBER if decision.content_type == PROFILE else {}
    found = named.get(measure) or TO_AUTHOR.get(measure)
    return "" if found is None else str(found)


def to_reporter(decision: Decision, *, granted: bool) -> str:
    """Say what came of a report; what concerns a person alone is nobody else's business."""
    if not granted:
        return str(NO_BREACH)
    said = NAME_TO_REPORTER if decision.content_type == PROFILE else TO_REPORTER
    return str(said.get(Measure(decision.measure), MEASURE_TAKEN))


def part_of_machine(decision: Decision, cause: str | None) -> str:
    """Say whether a machine took part; ``cause`` is that of the case."""
    if decision.automated:
        return str(BY_MACHINE)
    return str(FOUND_BY_MACHINE if cause == CaseCause.HELD else BY_PEOPLE)


def on_person(decision: Decision) -> bool:
    """Tell whether a decision limits a person and not a contribution."""
    return Measure(decision.measure) in ON_PERSON
