"""Surveys and results that everybody may see, and their words, many at a time."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef
from baukasten.sdk import modules_by_id
from baukasten_survey.definition.model import Definition, Text, said
from baukasten_survey.keys import KIND, SurveyKind, SurveyState
from baukasten_survey.models import Survey, Version
from baukasten_survey.results.models import Publication
from baukasten_survey.surveys import lookup

AnySelect = Select[*tuple[Any, ...]]
COLUMNS = (
    Survey.id,
    Survey.module_id,
    Survey.state,
    Survey.opens_at,
    Survey.closes_at,
    Survey.closed_at,
    Survey.created_at,
)
SAID = (Publication.headline, Publication.lead, Publication.steps, Publication.shown)
OUT = (Survey.kind == SurveyKind.SURVEY, Survey.state != SurveyState.DRAFT, Survey.version.is_not(None))
"""What is no draft any more; polls are told with the contributions that they stand in."""


def surveys(*conditions: Any) -> AnySelect:
    """Give the statement of surveys that were opened; their modules may still be hidden."""
    return select(*COLUMNS).where(*OUT, *conditions)


def results(*conditions: Any) -> AnySelect:
    """Give the statement of results that are published at this moment; their modules may still be hidden."""
    joined = (Publication.tenant_id == Survey.tenant_id) & (Publication.survey_id == Survey.id)
    columns = (*COLUMNS, *SAID, Publication.published_at)
    query: AnySelect = select(*columns).join(Publication, joined)
    return query.where(*OUT, Publication.published_at.is_not(None), *conditions)


def public(session: Session, rows: Iterable[Row[Any]]) -> dict[int, ModuleRef]:
    """Give the modules of rows that everybody can open, by their numbers; one statement."""
    found = modules_by_id(session, {row.module_id for row in rows})
    return {key: one for key, one in found.items() if one.kind == KIND and one.public}


def definitions(
    session: Session, survey_ids: Collection[int], *, newest: bool = False
) -> dict[int, list[Definition]]:
    """Give what was asked, newest version first, texts as they read today; one statement."""
    if not survey_ids:
        return {}
    query = (
        select(Version.survey_id, Version.definition, lookup.FIXES)
        .where(Version.survey_id.in_(survey_ids))
        .order_by(Version.survey_id, Version.number.desc())
    )
    found: dict[int, list[Definition]] = {}
    for row in session.execute(query.ext(distinct_on(Version.survey_id)) if newest else query):
        found.setdefault(row.survey_id, []).append(lookup.today(row.definition, row.fixes))
    return found


def title(definition: Definition, language: str, module: ModuleRef) -> str:
    """Give what a survey is called in a language; raises nothing, for its module has a title too."""
    return words(definition.title, language, definition) or module.title


def words(text: Text, language: str, definition: Definition) -> str:
    """Give a text in a language, else in the one that the survey was written in."""
    return said(text, language, definition.languages[0])
