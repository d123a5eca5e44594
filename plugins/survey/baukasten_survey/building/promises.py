"""What each level of anonymity and each way of admission means, as those read it who choose it."""

from collections.abc import Mapping
from dataclasses import dataclass

from baukasten.plugin import LazyText, lazy
from baukasten_survey.keys import Access, Anonymity

_ = lazy("survey")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of anonymity in plain words."""

    name: LazyText
    means: LazyText
    forbids: LazyText


LEVELS: Mapping[Anonymity, Level] = {
    Anonymity.NAMED: Level(
        _("With names"),
        _("The town sees who answered what. Whoever answers reads that first."),
        _("Only members can answer, because only their names are known."),
    ),
    Anonymity.PSEUDONYMOUS: Level(
        _("Without names, may be changed"),
        _(
            "Nobody sees names. Whoever answered may change the answers until the close; then the key that joins "
            "both is destroyed."
        ),
        _("Until the close, somebody who holds the database and the keys could join a person and an answer."),
    ),
    Anonymity.SEPARATED: Level(
        _("Anonymous, separated"),
        _(
            "Who took part and what was answered are kept apart and mixed in bundles of 25 and more. Not even whoever "
            "copies the database and all logs can join them."
        ),
        _("No files, no quotas, no changes afterwards; results arrive in bundles."),
    ),
    Anonymity.BLIND: Level(
        _("Anonymous, signed blindly"),
        _(
            "As separated, and the right to answer is a token that the town signs without seeing it. Even a town that "
            "meant harm could not join them."
        ),
        _("Needs a browser with scripts, or paper. No files, no quotas, no changes afterwards."),
    ),
}
WHO: Mapping[Access, LazyText] = {
    Access.OPEN: _("Everybody with the link; nobody is counted twice on purpose, but nobody is known either"),
    Access.REGISTERED: _("Members of this town, each once"),
    Access.RESIDENT: _("Members whose residence was verified, each once"),
    Access.CODE: _("Whoever holds a code from a letter, each code once"),
    Access.MIXED: _("Members, and whoever holds a code"),
}
