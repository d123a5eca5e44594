"""A test of a letter, sent to the person who writes it."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, dgettext, letterhead, mail_member
from baukasten_newsletter.letters import preview
from baukasten_newsletter.models import Issue

JOB = "newsletter.trial"


def send(session: Session, *, issue_id: int, member_id: int, language: str) -> None:
    """Send the letter as it stands now; one that was deleted meanwhile is no error. Raises Unavailable."""
    scope = cast("Scope", session)
    issue = session.scalar(select(Issue).where(Issue.id == issue_id))
    letter = None if issue is None else preview.letter(scope, issue, language)
    if letter is None:
        return
    with letterhead(scope).speaking(letter.language):
        subject = dgettext("newsletter", "[Test] %(subject)s", subject=letter.subject)
    mail_member(scope, member_id, subject, letter.text, letter.html, language=letter.language)


JOBS = [Job(JOB, send)]
