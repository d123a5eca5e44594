"""Where issues stay readable: what was sent, by its number, by topic, and for the search."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Table, bindparam, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentPublished, ModuleRef, SearchDocument, SearchSource, Tally
from baukasten.sdk import (
    NotFound,
    SafeHtml,
    Scope,
    excerpt,
    module_path,
    modules_by_id,
    plain,
    publish_event,
    shorten,
)
from baukasten_newsletter.keys import IssueKind, IssueState
from baukasten_newsletter.models import Issue, IssueTopic, Rendering, Topic

TYPE = "newsletter.issue"
VISITS = "newsletter.issue"
PAGE = 20
LATEST = 5
EXCERPT = 200
SHOWN = (IssueState.SENDING, IssueState.PAUSED, IssueState.SENT, IssueState.CANCELLED)
"""States in which an issue with a number is in the archive: somebody may have got it."""

ISSUE: Table = Issue.metadata.tables["newsletter_issue"]
RENDERING: Table = Rendering.metadata.tables["newsletter_rendering"]
TOPIC_OF: Table = IssueTopic.metadata.tables["newsletter_issue_topic"]

ADD_VISITS = (
    update(ISSUE).where(ISSUE.c.id == bindparam("issue")).values(visits=ISSUE.c.visits + bindparam("more"))
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One issue in one language, as lists show it."""

    issue_id: int
    number: int
    language: str
    languages: Sequence[str]
    subject: str
    summary: str
    at: dt.datetime
    """When sending began."""
    changed_at: dt.datetime
    page_html: SafeHtml


_LETTER = (
    (ISSUE.c.tenant_id == RENDERING.c.tenant_id)
    & (ISSUE.c.id == RENDERING.c.issue_id)
    & (ISSUE.c.version == RENDERING.c.version)
)
_SHOWN: Select[Any] = (
    select(
        ISSUE.c.id, ISSUE.c.number, ISSUE.c.module_id, ISSUE.c.started_at, ISSUE.c.papers, RENDERING.c.language,
        RENDERING.c.subject, RENDERING.c.page_html, RENDERING.c.at,
    )
    .select_from(ISSUE.join(RENDERING, _LETTER))
    .where(
        ISSUE.c.kind == IssueKind.LETTER,
        ISSUE.c.state.in_(SHOWN),
        ISSUE.c.number.is_not(None),
        ISSUE.c.started_at.is_not(None),
    )
    .order_by(ISSUE.c.number.desc(), RENDERING.c.id)
)  # fmt: skip


def issue_at(session: Session, module: ModuleRef, number: int) -> Sequence[Entry]:
    """Give an issue of the archive in all its languages, its first one in front; raises NotFound."""
    found = _entries(session, _SHOWN.where(ISSUE.c.module_id == module.id, ISSUE.c.number == number))
    if not found:
        raise NotFound
    return found[number]


def issues(
    session: Session,
    module: ModuleRef,
    language: str,
    *,
    topic_id: int = 0,
    before: int = 0,
    limit: int = PAGE,
) -> list[Entry]:
    """Give the newest issues in a language, or else in their first one; one statement."""
    wanted = select(ISSUE.c.id).where(
        ISSUE.c.module_id == module.id,
        ISSUE.c.kind == IssueKind.LETTER,
        ISSUE.c.state.in_(SHOWN),
        ISSUE.c.number.is_not(None),
    )
    if topic_id:
        wanted = wanted.join(
            TOPIC_OF, (TOPIC_OF.c.tenant_id == ISSUE.c.tenant_id) & (TOPIC_OF.c.issue_id == ISSUE.c.id)
        ).where(TOPIC_OF.c.topic_id == topic_id)
    if before:
        wanted = wanted.where(ISSUE.c.number < before)
    numbers = wanted.order_by(ISSUE.c.number.desc()).limit(limit)
    found = _entries(session, _SHOWN.where(ISSUE.c.id.in_(numbers)))
    return [in_language(entries, language) for entries in found.values()]


def in_language(entries: Sequence[Entry], language: str) -> Entry:
    """Give the edition of a language, or the first one."""
    return next((one for one in entries if one.language == language), entries[0])


def latest(session: Session, module: ModuleRef, language: str) -> list[Entry]:
    """Give what the front page of a list shows."""
    return issues(session, module, language, limit=LATEST)


def topic_at(session: Session, module: ModuleRef, slug: str) -> Topic:
    """Give a topic of a list by its address, archived ones too; raises NotFound."""
    found = session.scalar(select(Topic).where(Topic.module_id == module.id, Topic.slug == slug))
    if found is None:
        raise NotFound
    return found


def announce(session: Scope, issue: Issue) -> None:
    """Tell the platform that an issue came into the archive or changed there; for whoever begins to send it."""
    if session.tenant_id is not None:
        publish_event(session, ContentPublished(session.tenant_id, TYPE, issue.id))


def _entries(session: Session, query: Select[Any]) -> dict[int, list[Entry]]:
    """Give editions by the number of their issue, in the order of the query."""
    rows: dict[int, list[Any]] = {}
    for row in session.execute(query):
        rows.setdefault(row.number, []).append(row)
    return {
        number: [
            Entry(
                row.id, number, row.language, [one.language for one in same], row.subject,
                _begun(excerpt(SafeHtml(row.page_html), max_length=EXCERPT)), row.started_at, row.at,
                SafeHtml(row.page_html),
            )
            for row in same
        ]
        for number, same in rows.items()
    }  # fmt: skip


def _begun(words: str) -> str:
    """Begin with a capital: what follows a greeting goes on in lower case."""
    return words[:1].upper() + words[1:]


def _document(session: Session, issue_id: int) -> SearchDocument | None:
    """Give what the search knows of an issue; nothing before it is sent."""
    return next(_documents(session, _SHOWN.where(ISSUE.c.id == issue_id)), None)


def _stream(session: Session) -> Iterator[SearchDocument]:
    yield from _documents(session, _SHOWN)


def _documents(session: Session, query: Select[Any]) -> Iterator[SearchDocument]:
    """Give one document for each issue, with the words of all its languages."""
    rows = session.execute(query).all()
    modules = modules_by_id(session, {row.module_id for row in rows})
    by_issue: dict[int, list[Any]] = {}
    for row in rows:
        by_issue.setdefault(row.id, []).append(row)
    for issue_id, same in by_issue.items():
        first = same[0]
        module = modules[first.module_id]
        path = module_path(session.contract, module, "archived", number=first.number)  # type: ignore[attr-defined]
        body = "\n".join(plain(SafeHtml(row.page_html)) for row in same)
        yield SearchDocument(
            TYPE, issue_id, shorten(first.subject, 200) or module.title, body, path, first.language, module.id,
            first.started_at,
        )  # fmt: skip


def _add_visits(session: Session, counts: Mapping[int, int]) -> None:
    """Add visits; numbers alone, nobody's visit is written down."""
    more = [{"issue": issue, "more": more} for issue, more in counts.items()]
    session.execute(ADD_VISITS, more)


SOURCES = [SearchSource(TYPE, _document, _stream)]
TALLIES = [Tally(VISITS, _add_visits)]
