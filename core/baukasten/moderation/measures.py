"""The ladder: which steps fit a contribution in its state, where each leads, and how it is taken back."""

from collections.abc import Mapping

from baukasten.moderation.models import GENTLE, Measure
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.refs import Visibility
from baukasten.plugin.text import lazy

_ = lazy("core")

LADDER: Mapping[Visibility, tuple[Measure, ...]] = {
    Visibility.HELD: (Measure.PUBLISH, Measure.ASK, Measure.REJECT),
    Visibility.PUBLISHED: (
        Measure.KEEP, Measure.ASK, Measure.NOTE, Measure.FOLD, Measure.HIDE, Measure.REMOVE,
    ),
    Visibility.FOLDED: (
        Measure.KEEP, Measure.RESTORE, Measure.ASK, Measure.NOTE, Measure.HIDE, Measure.REMOVE,
    ),
    Visibility.HIDDEN: (Measure.KEEP, Measure.RESTORE, Measure.REMOVE),
    Visibility.REMOVED: (Measure.KEEP, Measure.RESTORE),
}  # fmt: skip
"""Steps by state, mild ones first."""
ON_PERSON = (Measure.FREE, Measure.WARN, Measure.MUTE, Measure.SUSPEND)
NAMES: Mapping[Measure, str] = {
    Measure.PUBLISH: _("Let into view"),
    Measure.KEEP: _("All right, leave it as it is"),
    Measure.RESTORE: _("Show it again"),
    Measure.ASK: _("Ask for a change"),
    Measure.NOTE: _("Put a note beside it"),
    Measure.FOLD: _("Fold it"),
    Measure.HIDE: _("Hide it"),
    Measure.REMOVE: _("Remove it"),
    Measure.REJECT: _("Reject it"),
    Measure.FREE: _("Lift the measure"),
    Measure.WARN: _("Warn"),
    Measure.MUTE: _("Mute"),
    Measure.SUSPEND: _("Suspend"),
}
LEADS_TO: Mapping[Measure, Visibility] = {
    Measure.PUBLISH: Visibility.PUBLISHED,
    Measure.RESTORE: Visibility.PUBLISHED,
    Measure.FOLD: Visibility.FOLDED,
    Measure.HIDE: Visibility.HIDDEN,
    Measure.REMOVE: Visibility.REMOVED,
    Measure.REJECT: Visibility.REMOVED,
}


def is_strict(measure: Measure) -> bool:
    """Tell whether a step is against somebody, and so needs a rule and facts."""
    return measure.value not in GENTLE


def ladder(kind: ContentType, visibility: Visibility, *, noted: bool = False) -> tuple[Measure, ...]:
    """Give the steps that fit, mild ones first; those that the kind of contribution cannot do are left out.

    ``noted`` says that a note stands beside it, which a step back takes away.
    """
    missing = {
        Measure.FOLD if kind.fold is None else None,
        Measure.REMOVE if kind.remove is None else None,
    }
    steps = LADDER.get(visibility, (Measure.KEEP,))
    if noted and visibility is Visibility.PUBLISHED:
        steps = (steps[0], Measure.RESTORE, *steps[1:])
    return tuple(step for step in steps if step not in missing)


def goal(kind: ContentType, measure: Measure, before: Visibility) -> Visibility:
    """Tell in which state a step leaves a contribution.

    What is asked to change folds while it waits for its author; what is held anyway goes on waiting.
    """
    if measure is Measure.ASK and before is Visibility.PUBLISHED and kind.fold is not None:
        return Visibility.FOLDED
    return LEADS_TO.get(measure, before)
