"""What staff reads about the queue: how many answers are on their way to the results, and whether some are lost."""

from dataclasses import dataclass

from baukasten.sdk import Scope, dngettext
from baukasten_survey.mixing import batches


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence about the queue."""

    text: str
    alarming: bool
    """Something is lost; else it is only news."""


def notices(session: Scope, survey_id: int) -> list[Notice]:
    """Give what is to be said about a survey's queue, the alarming first; nothing for an empty one.

    Two statements.
    """
    found, told = batches.waiting(session, survey_id), []
    if found.lost:
        text = dngettext(
            "survey",
            "%(num)s answer cannot be opened any more, because its key is not on this machine. "
            "Tell your data centre at once.",
            "%(num)s answers cannot be opened any more, because their key is not on this machine. "
            "Tell your data centre at once.",
            found.lost,
        )
        told.append(Notice(text, alarming=True))
    if found.answers:
        text = dngettext(
            "survey",
            "%(num)s answer waits to be mixed and is not counted yet.",
            "%(num)s answers wait to be mixed and are not counted yet.",
            found.answers,
        )
        told.append(Notice(text, alarming=False))
    told += [
        Notice(_few(version, many), alarming=False) for version, many in batches.handfuls(session, survey_id)
    ]
    return told


def _few(version: int, many: int) -> str:
    return dngettext(
        "survey",
        "Only %(num)s person answered version %(version)s: this answer hides in no crowd. Hand single answers on to "
        "nobody.",
        "Only %(num)s people answered version %(version)s: each of these answers hides among so few. Hand single "
        "answers on to nobody.",
        many,
        version=version,
    )
