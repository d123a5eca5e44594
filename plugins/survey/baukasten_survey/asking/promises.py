"""What is known of whoever answers, in plain words for each level; "anonymous" is said only where it is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baukasten.plugin import LazyText, lazy
from baukasten_survey.keys import SEALED, Access, Anonymity

_ = lazy("survey")


@dataclass(frozen=True, slots=True)
class Promise:
    """A level as citizens read it."""

    word: LazyText
    text: LazyText
    anonymous: bool


PROMISES: Mapping[Anonymity, Promise] = {
    Anonymity.NAMED: Promise(
        _("With your name."),
        _("The town sees who answered what. What is published names nobody."),
        anonymous=False,
    ),
    Anonymity.PSEUDONYMOUS: Promise(
        _("Confidential."),
        _(
            "Your answers are stored without your name, under a number that only your access leads to. You may change "
            "them until the survey closes, then the key is destroyed. Administrators of the town see single answers."
        ),
        anonymous=False,
    ),
    Anonymity.SEPARATED: Promise(
        _("Anonymous."),
        _(
            "Nobody can join your answers to you. That somebody took part, and what was answered, go separate ways; we "
            "store neither name nor address nor device with your answers."
        ),
        anonymous=True,
    ),
    Anonymity.BLIND: Promise(
        _("Anonymous, also towards us."),
        _(
            "Your browser exchanges your access for a token that nobody recognises again. From what is stored, not "
            "even the data centre can join your answers to you."
        ),
        anonymous=True,
    ),
}
WHO: Mapping[Access, LazyText] = {
    Access.OPEN: _("Everybody may answer, without an account."),
    Access.REGISTERED: _("Whoever is signed in may answer, each person once."),
    Access.RESIDENT: _("Residents may answer whose residence is confirmed, each person once."),
    Access.CODE: _("Whoever got a letter with a code may answer."),
    Access.MIXED: _(
        "Whoever is signed in or got a letter with a code may answer, once with each account and each code."
    ),
}
NEXT: Mapping[bool, Sequence[LazyText]] = {
    True: (
        _(
            "Your answers now wait sealed until enough others have come or the survey is over, are mixed with them "
            "and only then opened."
        ),
        _("Nobody can look up or delete a single answer any more, for nobody can tell which one is whose."),
    ),
    False: (_("Your answers are stored and counted."),),
}
"""What happens with an answer, by whether it was sealed."""


def promise(level: Anonymity) -> Promise:
    """Give the words of a level."""
    return PROMISES[level]


def next_steps(level: Anonymity) -> Sequence[LazyText]:
    """Tell what happens with an answer that was taken."""
    return NEXT[level in SEALED]
