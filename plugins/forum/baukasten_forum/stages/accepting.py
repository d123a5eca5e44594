"""The reply that answers a question: the asker or staff name it, and may take that back."""

from sqlalchemy import select, update

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Denied, NotFound, Scope, may, record, require
from baukasten_forum.keys import EDIT, MANAGE, TopicKind
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.stages import rules

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}


def may_accept(session: Scope, actor: MemberRef, module: ModuleRef, topic: rules.TopicRow) -> bool:
    """Tell whether a person may say which reply answers a question, as far as roles and authorship go."""
    if topic.kind != TopicKind.QUESTION:
        return False
    own = topic.author_id == actor.id and may(session, actor, EDIT, module)
    return own or may(session, actor, MANAGE, module)


def accept(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int, *, accepted: bool = True
) -> None:
    """Mark a reply as the answer to its topic's question, or take the mark from it.

    Raises NotFound, Denied, Closed for the asker once people only read, and Conflict for what is no question.
    """
    topic = rules.topic_of(session, module, topic_id, locked=True)
    reply = select(Post.id).where(
        Post.topic_id == topic_id, Post.number == number, Post.number > 1, Post.visibility.in_(SHOWN)
    )
    if session.scalar(reply) is None:
        raise NotFound
    if topic.kind != TopicKind.QUESTION:
        raise Conflict(_("Only a question has an answer."))
    staff = may(session, actor, MANAGE, module)
    if not staff:
        require(session, actor, EDIT, module)
        if topic.author_id != actor.id:
            raise Denied
        rules.need(session, actor, module, EDIT, topic)
    if not accepted and topic.accepted_number != number:
        return
    values = {"accepted_number": number if accepted else None}
    session.execute(update(Topic).where(Topic.id == topic_id).values(values), execution_options=UNSYNCED)
    if topic.author_id != actor.id:
        deed = "forum.answer.accept" if accepted else "forum.answer.unaccept"
        record(session, actor, deed, f"topic:{topic_id}", number=number)
