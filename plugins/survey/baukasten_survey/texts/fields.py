"""Which texts of a survey people wrote freely, and the statements that read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from baukasten.sdk import NotFound, Scope
from baukasten_survey.answers.values import other_name
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.renaming import Names
from baukasten_survey.keys import NO_ANSWER, Kind
from baukasten_survey.models import Response

WRITTEN = frozenset({Kind.SHORT, Kind.LONG})
BLANKS = " \n\r\t"


@dataclass(frozen=True, slots=True)
class Field:
    """One text that people wrote: an answer, the words beside "other", or what they said about a map."""

    name: str
    """Code of the question in the newest version that has it, or that with ``.other``."""
    code: str
    kind: Kind
    places: Mapping[tuple[str, ...], Sequence[int]]
    """Where the text lies in the answers, each with the versions in which it lies there."""

    @property
    def is_answer(self) -> bool:
        """Tell whether the text is the answer itself; else a part of those who answered wrote none."""
        return self.kind in WRITTEN and self.name == self.code


def fields_of(definitions: Sequence[Definition], names: Names) -> dict[str, Field]:
    """Give the texts of a survey by name; ``definitions`` are all versions, newest first."""
    found: dict[str, Field] = {}
    for at, definition in enumerate(definitions):
        version = len(definitions) - at
        for question in definition.questions.values():
            code = names.code(question.code, version)
            if question.kind in WRITTEN or question.kind is Kind.MAP:
                way = (question.code, "text") if question.kind is Kind.MAP else (question.code,)
                _add(found, Field(code, code, question.kind, {way: [version]}))
            if question.other is not None:
                way = (other_name(question.code),)
                _add(found, Field(other_name(code), code, question.kind, {way: [version]}))
    return found


def _add(found: dict[str, Field], field: Field) -> None:
    known = found.setdefault(field.name, field)
    if known is field:
        return
    places = {way: [*versions] for way, versions in known.places.items()}
    for way, versions in field.places.items():
        places.setdefault(way, []).extend(versions)
    found[field.name] = replace(known, places=places)


def said(field: Field) -> ColumnElement[Any]:
    """Give the text of a response, nothing where there is none."""
    words = case(*((Response.version.in_(versions), _at(way)) for way, versions in field.places.items()))
    return func.nullif(func.nullif(func.btrim(words, BLANKS), ""), NO_ANSWER)


def _at(way: tuple[str, ...]) -> ColumnElement[Any]:
    part = Response.answers[way]
    return case((func.jsonb_typeof(part) == "string", part.astext))


def counted(survey_id: int) -> ColumnElement[bool]:
    """Give the condition of a survey's real responses."""
    return and_(Response.survey_id == survey_id, Response.test.is_(False))


def within(spans: Mapping[int, int]) -> ColumnElement[bool]:
    """Give the condition of responses that published figures count: by version, up to the last one."""
    parts = [and_(Response.version == version, Response.id <= last) for version, last in spans.items()]
    return or_(*parts) if parts else Response.id.is_(None)


def totals(session: Scope, survey_id: int, fields: Sequence[Field]) -> dict[str, int]:
    """Count the texts of each field; one statement."""
    if not fields:
        return {}
    query = select(*(func.count(said(field)) for field in fields)).where(counted(survey_id))
    return {field.name: number for field, number in zip(fields, session.execute(query).one(), strict=True)}


def texts(
    session: Scope, survey_id: int, field: Field, *, after: int = 0, search: str = "", most: int
) -> list[tuple[int, str]]:
    """Give texts with the numbers of their responses, in the order of these; one statement."""
    words = said(field)
    query = select(Response.id, words).where(counted(survey_id), words.is_not(None), Response.id > after)
    if search:
        query = query.where(words.icontains(search, autoescape=True))
    return [(row[0], row[1]) for row in session.execute(query.order_by(Response.id).limit(most))]


def text_of(session: Scope, survey_id: int, field: Field, response_id: int) -> str:
    """Give one text; raises NotFound."""
    query = select(said(field)).where(counted(survey_id), Response.id == response_id)
    found: str | None = session.scalar(query)
    if found is None:
        raise NotFound
    return found
