"""The ladder in words: what each step does, which key presses it, what it takes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from baukasten.moderation import measures
from baukasten.moderation.models import Measure
from baukasten.plugin.refs import Visibility
from baukasten.plugin.text import lazy

_ = lazy("core")
KEYS: Mapping[Measure, str] = {
    Measure.PUBLISH: "a",
    Measure.KEEP: "a",
    Measure.ASK: "r",
    Measure.NOTE: "n",
    Measure.FOLD: "f",
    Measure.HIDE: "h",
    Measure.REJECT: "h",
}
AT_ONCE = frozenset({Measure.PUBLISH, Measure.KEEP})
"""Steps that one key sends, for they are against nobody."""
HELP: Mapping[Measure, str] = {
    Measure.PUBLISH: _("Everybody can read it from now on."),
    Measure.KEEP: _("Whoever reported it hears your reason."),
    Measure.RESTORE: _("It stands where it was; a note beside it goes."),
    Measure.ASK: _("Folded until %(name)s changes it. What is good about it stays."),
    Measure.NOTE: _("Everybody reads the note; the contribution stays."),
    Measure.FOLD: _("Readable after a click, with the rule."),
    Measure.HIDE: _("Only where nothing milder is enough. A placeholder says why."),
    Measure.REMOVE: _("Out of view for good, such as for crimes and private data."),
    Measure.REJECT: _("It does not come into view, and %(name)s reads why."),
}
ASK_HELD = _("Goes on waiting until %(name)s changes it.")
BUTTONS: Mapping[Measure, str] = {
    Measure.PUBLISH: _("Publish"),
    Measure.KEEP: _("Leave it"),
    Measure.RESTORE: _("Show again"),
    Measure.ASK: _("Ask for a change"),
    Measure.NOTE: _("Put the note there"),
    Measure.FOLD: _("Fold"),
    Measure.HIDE: _("Hide"),
    Measure.REMOVE: _("Remove"),
    Measure.REJECT: _("Reject"),
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder as the form shows it."""

    measure: Measure
    label: str
    help: str
    button: str
    key: str
    at_once: bool
    strict: bool
    two: bool
    """Whether the town lets two people decide about it."""


def rungs(steps: Iterable[Measure], visibility: Visibility, author: str, two: Collection[str]) -> list[Rung]:
    """Put steps into words, mild ones first."""
    return [
        Rung(
            step,
            str(measures.NAMES[step]),
            _help(step, visibility) % {"name": author},
            str(BUTTONS[step]),
            KEYS.get(step, ""),
            step in AT_ONCE,
            measures.is_strict(step),
            step.value in two,
        )
        for step in steps
    ]


def _help(step: Measure, visibility: Visibility) -> str:
    held = step is Measure.ASK and visibility is Visibility.HELD
    return str(ASK_HELD if held else HELP[step])
