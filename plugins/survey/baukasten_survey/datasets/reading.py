"""Responses one after the other, in batches, whatever their number; what is only tried out is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, lazy
from baukasten_survey.datasets.columns import Column, Measure, Sort, columns_of
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.parsing import parse
from baukasten_survey.definition.renaming import renamed
from baukasten_survey.models import Response
from baukasten_survey.surveys import lookup

_ = lazy("survey")
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class DataSet:
    """A survey's responses as a table."""

    survey_id: int
    title: str
    language: str
    newest: Definition
    columns: Sequence[Column]


def open_set(session: Session, module: ModuleRef, language: str = "") -> DataSet:
    """Give the table of a module's survey; the words are those of the newest version."""
    survey = lookup.of_module(session, module.id)
    versions = lookup.history(session, survey.id).definitions or [parse(survey.definition)]
    spoken = language if language in versions[0].languages else versions[0].languages[0]
    title = versions[0].title.get(spoken) or module.title
    return DataSet(survey.id, title, spoken, versions[0], [*ABOUT, *columns_of(versions, spoken)])


def rows(session: Session, data: DataSet, columns: Sequence[Column] | None = None) -> Iterator[list[Any]]:
    """Give each response as the cells of all columns, or of some, oldest first.

    Memory stays the same however many there are.
    """
    readers = [column.cell for column in (data.columns if columns is None else columns)]
    for answers in responses(session, data.survey_id):
        yield [read(answers) for read in readers]


def responses(session: Session, survey_id: int) -> Iterator[Mapping[str, Any]]:
    """Give the answers of each response, with what is known of it under names that begin with ``_``."""
    table = Response.__table__.c
    query = (
        select(table.id, table.version, table.language, table.source, table.day, table.flags, table.answers)
        .where(table.survey_id == survey_id, table.test.is_(False))
        .order_by(table.id)
        .limit(BATCH)
    )
    last = number = 0
    renamings = mappings(session, survey_id)
    while batch := session.execute(query.where(table.id > last)).all():
        for at, version, language, source, day, flags, answers in batch:
            number += 1
            if version in renamings:
                answers = renamed(answers, renamings[version])  # noqa: PLW2901 - the same answers, under newer codes
            answers.update(
                _number=number, _version=version, _language=language, _source=source, _day=day, _flags=flags
            )
            yield answers
            last = at


def mappings(session: Session, survey_id: int) -> dict[int, list[Mapping[str, str]]]:
    """Give for each version that has some how codes were renamed after it, oldest first; one statement."""
    names = lookup.names(session, survey_id)
    return {version: later for version, _mapping in names.steps if (later := names.since(version))}


def _about(name: str, label: str, sort: Sort, key: str) -> Column:
    return Column(
        name, label, "", sort, Measure.NOMINAL, lambda answers: answers.get(key) or None, (), whole=True
    )


ABOUT: Sequence[Column] = (
    _about("response", _("Response"), Sort.NUMBER, "_number"),
    _about("version", _("Version"), Sort.NUMBER, "_version"),
    _about("language", _("Language"), Sort.TEXT, "_language"),
    _about("source", _("Came in by"), Sort.TEXT, "_source"),
    _about("day", _("Day"), Sort.DAY, "_day"),
    Column(
        "flags",
        _("Marked as"),
        "",
        Sort.TEXT,
        Measure.NOMINAL,
        lambda answers: " ".join(answers.get("_flags") or ()) or None,
        whole=True,
    ),
)
"""What every response has; the number counts, and leads to nobody."""
