"""What surveys tell in summaries: those that opened, and results that were published."""

from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import Row, or_
from sqlalchemy.orm import Session

from baukasten.plugin import DigestItem, DigestKind, DigestSource, DigestStretch, ModuleRef, lazy, numbered
from baukasten.sdk import SafeHtml, Scope, clock, excerpt, module_path, shorten, translator
from baukasten_survey.asking.sayings import prose
from baukasten_survey.definition.model import Definition
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.outward import reading, wording
from baukasten_survey.results.models import Publication

_ = lazy("survey")
KEY = "survey.news"
OPENED, RESULTS = f"{KEY}:open", f"{KEY}:results"
LONGEST = 160


def items(session: Session, stretch: DigestStretch) -> list[DigestItem]:
    """Give surveys that opened in a stretch and still run, and results published in it; five statements."""
    opened = _running(Survey.opens_at >= stretch.since).order_by(Survey.opens_at.desc(), Survey.id.desc())
    told = reading.results(Publication.published_at >= stretch.since)
    told = told.order_by(Publication.published_at.desc(), Survey.id.desc())
    rows = [*session.execute(opened.limit(stretch.limit)), *session.execute(told.limit(stretch.limit))]
    return [item for item in _items(session, rows) if stretch.wants(item.project)]


def find(session: Session, keys: Collection[str]) -> list[DigestItem]:
    """Give those of these items that everybody may read now; at most five statements."""
    opened, told = numbered(keys, OPENED), numbered(keys, RESULTS)
    rows = [
        *(session.execute(_running(Survey.id.in_(opened))) if opened else ()),
        *(session.execute(reading.results(Survey.id.in_(told))) if told else ()),
    ]
    return [item for item in _items(session, rows) if item.key in keys]


def _running(*conditions: Any) -> reading.AnySelect:
    """Give the statement of surveys that can be answered now; one that is over is no news any more."""
    now = clock.now()
    goes_on = or_(Survey.closes_at.is_(None), Survey.closes_at > now)
    return reading.surveys(Survey.state == SurveyState.OPEN, Survey.opens_at <= now, goes_on, *conditions)


def _items(session: Session, rows: Iterable[Row[Any]]) -> list[DigestItem]:
    found = list(rows)
    modules = reading.public(session, found)
    shown = [row for row in found if row.module_id in modules]
    asked = reading.definitions(session, {row.id for row in shown}, newest=True)
    scope = cast("Scope", session)
    return [_item(scope, modules[row.module_id], row, asked[row.id][0]) for row in shown]


def _item(session: Scope, module: ModuleRef, row: Row[Any], asked: Definition) -> DigestItem:
    language = translator().spoken.code
    title = reading.title(asked, language, module)
    if "published_at" in row._fields:
        return DigestItem(
            key=f"{RESULTS}:{row.id}",
            kind=DigestKind.ANSWER,
            title=row.headline or title,
            path=module_path(session.contract, module, "results"),
            at=row.published_at,
            summary=shorten(" ".join(row.lead.split()), LONGEST) or str(_("The results are there to read.")),
            place=module.title,
            project=module.project,
        )
    about = excerpt(SafeHtml(prose(reading.words(asked.intro, language, asked))), max_length=LONGEST)
    return DigestItem(
        key=f"{OPENED}:{row.id}",
        kind=DigestKind.NEW,
        title=title,
        path=module_path(session.contract, module, "front"),
        at=row.opens_at,
        summary=" ".join(one for one in (wording.running(asked, row.closes_at), about) if one),
        place=module.title,
        project=module.project,
    )


SOURCES = [DigestSource(KEY, _("New surveys and results"), items, find)]
