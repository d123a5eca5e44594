"""Issues ready to be sent, and a mail server that keeps what it gets."""

import pytest

from baukasten.mail.line import Outgoing, SmtpLine
from baukasten.mail.transport import SmtpTransport
from baukasten_newsletter.keys import Slot
from baukasten_newsletter.models import Issue, IssueTopic, Rendering
from tests.core.mail.sinks import sink
from tests.newsletter.conftest import NOW

TEXT = f"""Stadtbrief
==========

{Slot.SALUTATION}

noch zwölf Tage für Ihre Idee.
.
From here on: Größe = 12 m²

--{" "}
{Slot.WHY}
Abmelden: {Slot.LEAVE}
{Slot.PREFERENCES}
"""
HTML = (
    f"<!doctype html><html lang=de><p>{Slot.SALUTATION}</p><p>{'noch zwölf Tage für Ihre Idee. ' * 12}</p>"
    f'<p>{Slot.WHY}</p><a href="{Slot.LEAVE}">Abmelden</a> <a href="{Slot.PREFERENCES}">Ändern</a></html>'
)


def add_rendering(session, issue, language="de", subject="Noch zwölf Tage", text=TEXT, html=HTML, version=0):
    """What an issue says in one language."""
    row = Rendering(
        issue_id=issue.id,
        version=version or issue.version,
        language=language,
        subject=subject,
        html=html,
        text=text,
        page_html="<p>Noch zwölf Tage</p>",
        at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def add_issue(session, module, *topics, **more):
    """An issue with its words in German."""
    issue = Issue(module_id=module.id, **more)
    session.add(issue)
    session.flush()
    for topic in topics:
        session.add(IssueTopic(issue_id=issue.id, topic_id=topic))
    add_rendering(session, issue)
    return issue


@pytest.fixture
def smtp():
    """A mail server that takes everything."""
    with sink() as running:
        yield running


@pytest.fixture
def outgoing(smtp):
    """Connections to it."""
    transport = SmtpTransport("127.0.0.1", smtp.port, starttls=False, timeout=5)
    opened = Outgoing(lambda: SmtpLine(transport, "stadt.example"))
    yield opened
    opened.close()
