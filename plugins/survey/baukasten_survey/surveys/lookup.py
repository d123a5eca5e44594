"""Finding a survey and the version that is answered now, with the texts as they read today."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, clock
from baukasten_survey.definition.model import Definition, Group, Page
from baukasten_survey.definition.parsing import dump, parse
from baukasten_survey.definition.renaming import Names
from baukasten_survey.keys import SurveyKind, SurveyState
from baukasten_survey.models import Fix, Survey, Version


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked under one version's number."""

    survey_id: int
    number: int
    """0 for what is being written and only tried out."""
    definition: Definition
    sealed_size: int


@dataclass(frozen=True, slots=True)
class History:
    """All that a survey has asked so far."""

    versions: Sequence[tuple[int, Definition]]
    """With their numbers, newest first; texts as they read today."""
    names: Names

    @property
    def definitions(self) -> list[Definition]:
        """Give what was asked, newest version first."""
        return [definition for _number, definition in self.versions]


FIXES = (
    select(
        func.jsonb_agg(
            aggregate_order_by(func.jsonb_build_array(Fix.path, Fix.language, Fix.after), Fix.id), type_=JSONB
        )
    )
    .where(Fix.tenant_id == Version.tenant_id, Fix.version_id == Version.id)
    .correlate(Version)
    .scalar_subquery()
    .label("fixes")
)
"""A column beside those of a version: what was mended in it, oldest first; nothing where nothing was."""


def place(session: Session, module: ModuleRef) -> None:
    """Give a freshly placed module its survey: one empty page, named like the module."""
    pages = (Page("p1", groups=(Group("g1"),)),)
    empty = Definition(languages=("de",), title={"de": module.title}, pages=pages)
    session.add(Survey(module_id=module.id, definition=dump(empty)))
    session.flush()


def of_module(session: Session, module_id: int) -> Survey:
    """Give the survey of a module; raises NotFound."""
    query = select(Survey).where(Survey.module_id == module_id, Survey.kind == SurveyKind.SURVEY)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def held(session: Session, survey_id: int) -> Survey:
    """Give a survey that neither opens nor closes until the transaction ends, and is as it is now; raises NotFound.

    The lock is that of a foreign key, so all who answer hold it at once. Whoever also holds a draft took that first;
    opening and closing leave drafts alone that somebody holds.
    """
    query = select(Survey).where(Survey.id == survey_id).with_for_update(read=True, key_share=True)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def asked(session: Session, survey_id: int, number: int) -> Asked:
    """Give a published version as it reads today, mended texts included; one statement; raises NotFound."""
    query = select(Version.definition, Version.sealed_size, FIXES)
    query = query.where(Version.survey_id == survey_id, Version.number == number)
    version = session.execute(query).one_or_none()
    if version is None:
        raise NotFound
    return Asked(survey_id, number, today(version.definition, version.fixes), version.sealed_size)


def history(session: Session, survey_id: int) -> History:
    """Give all published versions, and how codes were renamed from one to the next; one statement."""
    query = select(Version.number, Version.definition, Version.mapping, FIXES)
    rows = session.execute(query.where(Version.survey_id == survey_id).order_by(Version.number)).all()
    found = [(row.number, today(row.definition, row.fixes)) for row in rows]
    return History(found[::-1], Names([(row.number, row.mapping) for row in rows]))


def names(session: Session, survey_id: int) -> Names:
    """Give how codes were renamed from version to version; one statement."""
    query = select(Version.number, Version.mapping).where(Version.survey_id == survey_id)
    return Names([(number, mapping) for number, mapping in session.execute(query.order_by(Version.number))])


def today(data: dict[str, Any], fixes: Sequence[Sequence[str]] | None) -> Definition:
    """Give what a version asks with its mended texts, ``fixes`` being what ``FIXES`` gave."""
    for path, language, words in fixes or ():
        data = fixed(data, path, language, words)
    return parse(data)


def fixed(data: dict[str, Any], path: str, language: str, words: str) -> dict[str, Any]:
    """Give a definition with one text replaced; ``path`` walks keys, codes and positions: ``q7/options/a1/title``.

    The first part is a question's, group's or page's code, or a text of the survey itself. Raises NotFound.
    """
    copied: dict[str, Any] = _copy(data)
    *way, last = path.split("/")
    thing: Any = copied
    for part in way:
        thing = _step(thing, part)
    if not isinstance(thing, dict):
        raise NotFound
    thing[last] = {**(thing.get(last) or {}), language: words}
    return copied


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copy(one) for key, one in data.items()}
    return [_copy(one) for one in data] if isinstance(data, list) else data


def _step(thing: Any, part: str) -> Any:
    if isinstance(thing, dict) and "pages" in thing:
        named = {one["code"]: one for one in _named(thing)}
        if part in named:
            return named[part]
    elif isinstance(thing, dict) and part in thing:
        return thing[part]
    elif isinstance(thing, list):
        for at, one in enumerate(thing):
            if one.get("code") == part or str(at) == part:
                return one
    raise NotFound


def _named(data: dict[str, Any]) -> list[dict[str, Any]]:
    pages = data["pages"]
    groups = [group for page in pages for group in page.get("groups", [])]
    return [*pages, *groups, *(question for group in groups for question in group.get("questions", []))]


class _Timed(Protocol):
    """What says when a survey is open."""

    @property
    def state(self) -> str: ...
    @property
    def opens_at(self) -> dt.datetime | None: ...
    @property
    def closes_at(self) -> dt.datetime | None: ...


def is_running(survey: _Timed, now: dt.datetime | None = None) -> bool:
    """Tell whether answers are taken at a moment; the module's phase may still say no."""
    at = now or clock.now()
    began = survey.opens_at is None or survey.opens_at <= at
    return survey.state == SurveyState.OPEN and began and (survey.closes_at is None or at < survey.closes_at)
