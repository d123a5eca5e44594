"""What a project's page tells about its surveys: what happened lately, and how many people were counted."""

import datetime as dt
from typing import Any, cast

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from baukasten.plugin import ActivityItem, ModuleRef, ProjectRef, Stat, lazy
from baukasten.sdk import Scope, clock, dgettext, module_path, modules
from baukasten_survey.keys import KIND, SurveyKind
from baukasten_survey.models import Survey
from baukasten_survey.outward import reading
from baukasten_survey.results.models import Freeze, Publication

_ = lazy("survey")


def activity(session: Session, project: ProjectRef, since: dt.datetime, limit: int) -> list[ActivityItem]:
    """Give the surveys of a project that opened lately and the results that were published, newest first."""
    scope = cast("Scope", session)
    placed = _placed(scope, project)
    if not placed:
        return []
    mine = Survey.module_id.in_(placed)
    opened = reading.surveys(mine, Survey.opens_at >= since, Survey.opens_at <= clock.now())
    told = reading.results(mine, Publication.published_at >= since)
    found = [
        *session.execute(opened.order_by(Survey.opens_at.desc()).limit(limit)),
        *session.execute(told.order_by(Publication.published_at.desc()).limit(limit)),
    ]
    items = [_item(scope, placed[row.module_id], row) for row in found]
    return sorted(items, key=lambda item: item.at, reverse=True)[:limit]


def stats(session: Session, project: ProjectRef) -> list[Stat]:
    """Count whose answers are in published results.

    Not who answered so far: a number that goes up by one tells whoever watches it when a neighbour took part, and at
    the sealed levels that moment is nobody's to know. Frozen figures only grow by whole steps (ADR 22).
    """
    placed = _placed(cast("Scope", session), project)
    if not placed:
        return []
    published = select(Publication.survey_id).where(Publication.published_at.is_not(None))
    mine = select(Survey.id).where(Survey.module_id.in_(placed), Survey.kind == SurveyKind.SURVEY)
    query = select(func.coalesce(func.sum(Freeze.people), 0)).where(
        Freeze.survey_id.in_(mine), Freeze.survey_id.in_(published)
    )
    people = session.scalar(query) or 0
    return [Stat("survey.people", str(_("People in results of surveys")), int(people))]


def _placed(session: Scope, project: ProjectRef) -> dict[int, ModuleRef]:
    return {one.id: one for one in modules(session, project.id) if one.kind == KIND and one.visible}


def _item(session: Scope, module: ModuleRef, row: Row[Any]) -> ActivityItem:
    if "published_at" in row._fields:
        words = dgettext("survey", "Results: %(headline)s", headline=row.headline or module.title)
        return ActivityItem(
            words, module_path(session.contract, module, "results"), row.published_at, "answer"
        )
    words = dgettext("survey", "Survey opened: %(title)s", title=module.title)
    return ActivityItem(words, module_path(session.contract, module, "front"), row.opens_at)
