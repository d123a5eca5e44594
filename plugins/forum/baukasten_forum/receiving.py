"""What other modules hand over to a forum, such as the questions that an evening had no time for."""

from typing import cast

from sqlalchemy.orm import Session

from baukasten.plugin import Handover, MemberRef, ModuleRef, Outcome
from baukasten.sdk import Scope, dgettext, module_path, shorten
from baukasten_forum import service
from baukasten_forum.answers import service as answers
from baukasten_forum.keys import TopicKind, Via


def receive(session: Session, actor: MemberRef, module: ModuleRef, given: Handover) -> str:
    """Open a topic with a text that staff hands over; with a date, the town says in it by when it answers.

    Raises Denied for whoever may not enter letters here, and Closed where nothing may be written any more.
    """
    scope = cast("Scope", session)
    kind = TopicKind.QUESTION if given.is_question else TopicKind.DISCUSSION
    about = service.About(service.checked_title(shorten(given.title, service.MAX_TITLE)), kind)
    way = service.Way(via=Via.HANDOVER, byline=given.source)
    written = service.begin(scope, actor, module, about, given.text, way)
    if given.due_on is not None and written.number is not None:
        facts = answers.Facts(given.department, Outcome.EXAMINATION, given.due_on)
        text = dgettext("forum", "There was no time for this question. We answer it here.")
        answers.answer(scope, actor, module, (written.topic_id, 1), body=text, facts=facts)
    return module_path(scope.contract, module, "topic", topic_id=written.topic_id, slug=written.slug)
