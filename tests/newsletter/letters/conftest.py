"""Issues in the making."""

import pytest

from baukasten_newsletter.letters import blocks
from baukasten_newsletter.models import Edition, Issue, IssueTopic
from tests.newsletter.conftest import add_topic


def add_issue(session, module, *parts, language="de", subject="Neues vom Hafen", topics=(), **more):
    """An issue with one edition of these blocks (as they are stored)."""
    issue = Issue(module_id=module.id, **more)
    session.add(issue)
    session.flush()
    for topic in topics:
        session.add(IssueTopic(issue_id=issue.id, topic_id=topic))
    add_edition(session, issue, *parts, language=language, subject=subject)
    return issue


def add_edition(session, issue, *parts, language="en", subject="News of the harbour", preheader=""):
    """An edition of an issue."""
    edition = Edition(
        issue_id=issue.id,
        language=language,
        subject=subject,
        preheader=preheader,
        blocks=blocks.store(blocks.check([*parts])),
    )
    session.add(edition)
    session.flush()
    return edition


@pytest.fixture
def topic(session, letters):
    """The list's first topic."""
    return add_topic(session, letters)
