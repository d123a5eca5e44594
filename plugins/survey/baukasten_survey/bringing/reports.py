"""Notes of a report as a table keeps them, so that each reader gets them in their own language."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from baukasten.plugin import LazyText, lazy
from baukasten_survey.transfer.reports import Level, Note

_ = lazy("survey")

LOST_VALUES = _("Of the column %(column)s, values of %(count)s responses found no place.")


def kept(notes: Iterable[Note]) -> list[Any]:
    """Give notes as JSON: the English text with the catalogue that translates it."""
    found = []
    for one in notes:
        message = one.message
        domain = message.domain if isinstance(message, LazyText) else ""
        words = str.__str__(message) if isinstance(message, LazyText) else str(message)
        found.append([one.level.value, one.place, domain, words, dict(one.values)])
    return found


def told(rows: Sequence[Sequence[Any]], lost: Mapping[str, int]) -> list[Note]:
    """Give the notes again, and one for each column whose values found no place."""
    found = [
        Note(Level(level), place, lazy(domain)(words) if domain else words, values)
        for level, place, domain, words, values in rows
    ]
    columns = sorted(lost.items())
    return found + [
        Note(Level.LOST, "", LOST_VALUES, {"column": column, "count": count}) for column, count in columns
    ]
