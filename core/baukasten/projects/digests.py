"""What is new about a town's projects: new ones, stretches that end soon, results."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.plugin.digests import DigestItem, DigestKind, DigestSource, DigestStretch, numbered
from baukasten.plugin.refs import ProjectRef
from baukasten.plugin.text import lazy
from baukasten.projects.models import DRAFT, PUBLISHED
from baukasten.projects.phases import end_text
from baukasten.projects.queries import PHASE, PROJECT
from baukasten.web.i18n import dgettext

_ = lazy("core")
KEY = "projects.news"
NAMES = ("id", "slug", "title", "state", "question", "published_at", "result", "result_at")
COLUMNS = [PROJECT.c[name] for name in NAMES]
PUBLIC = PROJECT.c.state != DRAFT
HAS_RESULT = and_(PUBLIC, PROJECT.c.result != "", PROJECT.c.result_at.is_not(None))
IS_NEW = and_(PROJECT.c.state == PUBLISHED, PROJECT.c.published_at.is_not(None))
OPENS_SOMETHING = PHASE.c.features != []


def items(session: Session, stretch: DigestStretch) -> list[DigestItem]:
    """Give new projects, results, and phases that opened something and end soon; three statements."""
    mine = () if stretch.projects is None else (PROJECT.c.id.in_(stretch.projects),)
    new = select(*COLUMNS).where(IS_NEW, PROJECT.c.published_at >= stretch.since, *mine)
    done = select(*COLUMNS).where(HAS_RESULT, PROJECT.c.result_at >= stretch.since, *mine)
    ending = _ending(PHASE.c.ends_at < stretch.until, *mine).order_by(PHASE.c.ends_at, PHASE.c.id)
    return [
        *_all(_new, session.execute(new.order_by(PROJECT.c.published_at.desc()).limit(stretch.limit))),
        *_all(_result, session.execute(done.order_by(PROJECT.c.result_at.desc()).limit(stretch.limit))),
        *_all(_closing, session.execute(ending.limit(stretch.limit))),
    ]


def find(session: Session, keys: Collection[str]) -> list[DigestItem]:
    """Give those of these items that everybody may read now; at most three statements."""
    new, done, ends = (numbered(keys, f"{KEY}:{what}") for what in ("new", "result", "closing"))
    found: list[DigestItem] = []
    if new:
        found += _all(_new, session.execute(select(*COLUMNS).where(IS_NEW, PROJECT.c.id.in_(new))))
    if done:
        found += _all(_result, session.execute(select(*COLUMNS).where(HAS_RESULT, PROJECT.c.id.in_(done))))
    if ends:
        # Moments are in the keys to the second, so that a phase with a new end is not the one that was told.
        found += _all(_closing, session.execute(_ending(PROJECT.c.id.in_(ends))))
    return [item for item in found if item.key in keys]


def _ending(*conditions: ColumnElement[bool]) -> Select[Any]:
    both = (PHASE.c.tenant_id == PROJECT.c.tenant_id) & (PHASE.c.project_id == PROJECT.c.id)
    columns = (PHASE.c.title.label("phase"), PHASE.c.starts_at, PHASE.c.ends_at)
    now = clock.now()
    runs = (PROJECT.c.state == PUBLISHED, PHASE.c.starts_at <= now, PHASE.c.ends_at > now, OPENS_SOMETHING)
    return select(*COLUMNS, *columns).select_from(PROJECT.join(PHASE, both)).where(*runs, *conditions)


def _all(make: Any, rows: Iterable[Row[Any]]) -> list[DigestItem]:
    return [make(row) for row in rows]


def _new(row: Row[Any]) -> DigestItem:
    return _item(
        row, f"new:{row.id}", DigestKind.NEW, row.published_at, row.question or str(_("A new project"))
    )


def _result(row: Row[Any]) -> DigestItem:
    return _item(row, f"result:{row.id}", DigestKind.ANSWER, row.result_at, row.result)


def _closing(row: Row[Any]) -> DigestItem:
    what = dgettext("core", "“%(phase)s” lasts until %(day)s.", phase=row.phase, day=end_text(row.ends_at))
    key = f"closing:{row.id}:{int(row.ends_at.timestamp())}"
    return _item(row, key, DigestKind.CLOSING, row.starts_at, what, row.ends_at)


def _item(
    row: Row[Any], key: str, kind: DigestKind, at: dt.datetime, summary: str, due: dt.datetime | None = None
) -> DigestItem:
    project = ProjectRef(row.id, row.slug, row.title, row.state != DRAFT)
    path = f"/beteiligung/{row.slug}/"
    return DigestItem(f"{KEY}:{key}", kind, row.title, path, at, summary, project=project, due=due)


SOURCE = DigestSource(KEY, _("News of the projects"), items, find)
