"""Filling a list from a portable description: topics, people who get it, issues of before and those in the making."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, MemberRef, ModuleRef
from baukasten.sdk import Scope, find_project, letterhead
from baukasten_newsletter.keys import DeliveryState, IssueState
from baukasten_newsletter.letters import archive, blocks, rendering
from baukasten_newsletter.letters import service as letters
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Topic
from baukasten_newsletter.people import importing
from baukasten_newsletter.people.importing import NewSubscriber, Origin
from baukasten_newsletter.sending import audience, inquiries

UNSYNCED = {"synchronize_session": False}
DAY = dt.timedelta(days=1)
DOMAINS = ("post.example", "brief.example", "dorf.example")
"""Of made-up readers; ``.example`` belongs to nobody (RFC 2606)."""


def load(session: Session, module: ModuleRef, content: Mapping[str, Any]) -> Mapping[str, ContentRef]:
    """Store ``about``, ``topics``, ``readers`` (how many), ``origin`` and ``issues``.

    A topic has ``slug`` and ``title``; it may have ``description``, ``kind`` and ``project`` (an address). An issue
    has ``subject`` and ``blocks`` as they are stored; it may have ``preheader``, ``topics`` (addresses) and ``days``
    (how long ago it was sent), without which it is a draft.
    """
    scope = cast("Scope", session)
    topics = _topics(scope, module, content)
    _readers(scope, module, content, list(topics.values()))
    found = {}
    for entry in content.get("issues", ()):
        issue = _issue(scope, module, content["staff"], entry, topics)
        if "days" in entry:
            _sent(scope, issue, content["now"] - entry["days"] * DAY)
        if "key" in entry:
            found[entry["key"]] = ContentRef(archive.TYPE, issue.id)
    return found


def _topics(session: Scope, module: ModuleRef, content: Mapping[str, Any]) -> dict[str, int]:
    """Give the topics of the list by their addresses, that which it began with among them."""
    first = session.scalars(select(Topic).where(Topic.module_id == module.id).order_by(Topic.id)).one()
    first.description = content.get("about", "")
    made = [first]
    for position, entry in enumerate(content.get("topics", ()), start=1):
        values = {name: entry[name] for name in ("slug", "title", "description", "kind") if name in entry}
        project = find_project(session, entry["project"]) if "project" in entry else None
        values["project_id"] = None if project is None else project.id
        made.append(Topic(module_id=module.id, position=position, **values))
    session.add_all(made)
    session.flush()
    return {topic.slug: topic.id for topic in made}


def _readers(session: Scope, module: ModuleRef, content: Mapping[str, Any], topics: list[int]) -> None:
    """Let made-up people agree, the more the earlier a topic stands."""
    count = content.get("readers", 0)
    rows = [
        NewSubscriber(
            line=number,
            address=f"leserin{number}@{module.slug}.{DOMAINS[number % len(DOMAINS)]}",
            topics=tuple(topics[: 1 + number % len(topics)]),
        )
        for number in range(1, count + 1)
    ]
    if rows:
        language, origin = letterhead(session).town.language, Origin(content["origin"])
        # A generator: nothing is stored until somebody asks for it.
        list(importing.take(session, content["staff"], module, rows, origin, language))


def _issue(
    session: Scope,
    module: ModuleRef,
    staff: MemberRef,
    entry: Mapping[str, Any],
    topics: Mapping[str, int],
) -> Issue:
    issue = letters.create(session, staff, module)
    if "topics" in entry:
        session.execute(delete(IssueTopic).where(IssueTopic.issue_id == issue.id), execution_options=UNSYNCED)
        session.add_all(IssueTopic(issue_id=issue.id, topic_id=topics[slug]) for slug in entry["topics"])
    words = letters.Words(entry["subject"], entry.get("preheader", ""), blocks.check(entry["blocks"]))
    language = letters.languages(session)[0]
    return letters.save(session, staff, module, issue.id, language, words, issue.revision)


def _sent(session: Scope, issue: Issue, at: dt.datetime) -> None:
    """Let an issue have gone out at a moment: to everybody, as far as anybody can tell."""
    rendering.render(session, issue, issue.version)
    audience.snapshot(session, issue)
    inquiries.give_number(session, issue)
    issue.state, issue.scheduled_at, issue.started_at, issue.finished_at = IssueState.SENT, at, at, at
    session.flush()
    arrived = {"state": DeliveryState.HANDED_OVER, "handed_over_at": at, "code": 250, "attempts": 1}
    gone = update(Delivery).where(Delivery.issue_id == issue.id).values(version=issue.version, **arrived)
    session.execute(gone, execution_options=UNSYNCED)
    archive.announce(session, issue)
