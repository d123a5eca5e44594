"""Letters of the town as items of a digest, for those who do not want them at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, Table, select

from baukasten.plugin import DigestItem, DigestKind, numbered
from baukasten.sdk import Scope, module_path, modules_by_id, translator
from baukasten_newsletter.keys import IssueKind, IssueState
from baukasten_newsletter.models import Issue, IssueTopic, Rendering

KEY = "newsletter.issue"
MOST = 50
SENT = (IssueState.SENDING, IssueState.SENT)
"""One that was stopped or cancelled is not told any further."""
ISSUE: Table = Issue.metadata.tables["newsletter_issue"]
RENDERING: Table = Rendering.metadata.tables["newsletter_rendering"]
READABLE = (ISSUE.c.kind == IssueKind.LETTER, ISSUE.c.state.in_(SENT), ISSUE.c.number.is_not(None))
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class SentIssue:
    """A letter that went out, by what decides who is told of it."""

    key: str
    at: dt.datetime
    topics: tuple[int, ...]


def sent_since(session: Scope, since: dt.datetime) -> list[SentIssue]:
    """Give the letters that began to go out since a moment, newest first, of lists that everybody can open."""
    query = (
        select(ISSUE.c.id, ISSUE.c.module_id, ISSUE.c.started_at, IssueTopic.topic_id)
        .join(IssueTopic, (IssueTopic.tenant_id == ISSUE.c.tenant_id) & (IssueTopic.issue_id == ISSUE.c.id))
        .where(*READABLE, ISSUE.c.started_at >= since)
        .order_by(ISSUE.c.started_at.desc(), ISSUE.c.id.desc())
    )
    rows = session.execute(query).all()
    public = {
        key for key, one in modules_by_id(session, {row.module_id for row in rows}).items() if one.public
    }
    topics: dict[tuple[int, dt.datetime], list[int]] = defaultdict(list)
    for row in rows:
        if row.module_id in public:
            topics[row.id, row.started_at].append(row.topic_id)
    found = [SentIssue(f"{KEY}:{number}", at, tuple(chosen)) for (number, at), chosen in topics.items()]
    return found[:MOST]


def find(session: Scope, keys: Collection[str]) -> dict[str, DigestItem]:
    """Give the letters of these keys as everybody may read them now, in the language that is spoken."""
    numbers = numbered(keys, KEY)
    if not numbers:
        return {}
    query: AnySelect = (
        select(
            ISSUE.c.id,
            ISSUE.c.module_id,
            ISSUE.c.number,
            ISSUE.c.started_at,
            RENDERING.c.language,
            RENDERING.c.subject,
        )
        .join(
            RENDERING,
            (RENDERING.c.tenant_id == ISSUE.c.tenant_id)
            & (RENDERING.c.issue_id == ISSUE.c.id)
            & (RENDERING.c.version == ISSUE.c.version),
        )
        .where(*READABLE, ISSUE.c.id.in_(numbers), ISSUE.c.started_at.is_not(None))
        .order_by(RENDERING.c.id)
    )
    rows = _in_language(session.execute(query))
    modules = modules_by_id(session, {row.module_id for row in rows})
    return {
        f"{KEY}:{row.id}": DigestItem(
            key=f"{KEY}:{row.id}",
            kind=DigestKind.NEW,
            title=row.subject,
            path=module_path(session.contract, modules[row.module_id], "archived", number=row.number),
            at=row.started_at,
            place=modules[row.module_id].title,
            project=modules[row.module_id].project,
        )
        for row in rows
        if modules[row.module_id].public
    }


def _in_language(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Choose, of each letter, the language that is spoken, or else its first."""
    spoken = translator().language
    chosen: dict[int, Row[Any]] = {}
    for row in rows:
        if row.id not in chosen or (row.language == spoken and chosen[row.id].language != spoken):
            chosen[row.id] = row
    return list(chosen.values())
