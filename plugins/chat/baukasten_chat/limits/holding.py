"""What waits in a room before it comes into view: for the moderators' word, or for some seconds."""

import datetime as dt

from sqlalchemy.orm import Session

from baukasten.plugin import Draft, ModuleRef, Role, Ruling, Verdict, lazy
from baukasten.sdk import Submission, dgettext
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.limits import wishes

_ = lazy("chat")
APPROVAL, DELAY, ASKED = "chat_approval", "chat_delay", "chat_question"
"""Codes under which what waits is counted."""
STAFF = (Role.MODERATOR, Role.ADMIN)
TEXTS = {
    APPROVAL: _("In this room the moderators read every message before it appears."),
    ASKED: _("The moderators read every question before it appears."),
}


def screen(_session: Session, draft: Draft) -> Verdict | None:
    """Hold what the town wants to look at first in this room; what staff writes is never held."""
    if draft.content_type not in (MESSAGE_TYPE, QUESTION_TYPE) or draft.module is None:
        return None
    if draft.author is not None and draft.author.has(*STAFF):
        return None
    wish = wishes.of(draft.module)
    if draft.content_type == QUESTION_TYPE:
        return Verdict(Ruling.HOLD, ASKED, str(TEXTS[ASKED])) if wish.questions_wait else None
    if wish.approve:
        return Verdict(Ruling.HOLD, APPROVAL, str(TEXTS[APPROVAL]))
    if wish.delay_seconds:
        return Verdict(
            Ruling.LATER,
            DELAY,
            dgettext("chat", "Everybody sees it in %(seconds)s seconds.", seconds=wish.delay_seconds),
        )
    return None


def appears_at(module: ModuleRef, submission: Submission, now: dt.datetime) -> dt.datetime | None:
    """Give when a message comes into view by itself, once it is submitted; nothing where somebody must let it in.

    What is held for another reason too, such as a word that the town listed, waits for the moderators.
    """
    if submission.code != DELAY:
        return None
    return now + dt.timedelta(seconds=wishes.of(module).delay_seconds)
