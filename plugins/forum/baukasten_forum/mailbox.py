"""Answers by mail: what somebody writes back to a notice becomes a reply, by the same rules as on the page."""

import hashlib
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import IncomingMail, MailAnswer, Mailbox, MemberRef, ModuleRef, lazy
from baukasten.sdk import NotFound, Scope, SignInNeeded, module_by_id
from baukasten_forum import service
from baukasten_forum.keys import MAILBOX, Via
from baukasten_forum.models import Topic

_ = lazy("forum")
MOST_MERGES = 10
"""How often a topic may have been joined with another before somebody answers an old mail."""


def take(session: Session, member: MemberRef | None, topic_id: int, mail: IncomingMail) -> MailAnswer | None:
    """Add a letter to the topic that its notice was about; raises what ``reply`` raises, and the core mails it back.

    A letter that arrives twice is told by its Message-ID, as a form is by its mark.
    """
    if member is None:
        raise SignInNeeded
    scope = cast("Scope", session)
    module, found = _topic(scope, topic_id)
    mark = hashlib.sha256(mail.message_id.encode()).hexdigest()[:32] if mail.message_id else ""
    nonce = f"mail:{mark}" if mark else ""
    written = service.reply(scope, member, module, found, body=mail.text, nonce=nonce, via=Via.MAIL)
    if written.number is not None:
        return None
    return MailAnswer(_("Your reply has arrived. Somebody looks at it before it appears."))


def _topic(session: Scope, topic_id: int) -> tuple[ModuleRef, int]:
    """Give where a topic is now, also after it was joined with another; raises NotFound."""
    for _step in range(MOST_MERGES):
        columns = (Topic.module_id, Topic.merged_into)
        row = session.execute(select(*columns).where(Topic.id == topic_id)).one_or_none()
        if row is None:
            raise NotFound
        if row.merged_into is None:
            return _module(session, row.module_id), topic_id
        topic_id = row.merged_into
    raise NotFound


def _module(session: Scope, module_id: int) -> ModuleRef:
    """Give a forum that people can open; raises NotFound."""
    module = module_by_id(session, module_id)
    if module is None or not module.visible or (module.project is not None and not module.project.published):
        raise NotFound
    return module


MAILBOXES = [Mailbox(MAILBOX, take)]
