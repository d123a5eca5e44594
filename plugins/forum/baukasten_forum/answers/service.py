"""Official answers: the town says what becomes of a contribution, corrects that in public, or takes it back."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import ContentEdited, MemberRef, ModuleRef, Outcome, lazy
from baukasten.sdk import (
    SANITISER_VERSION,
    Conflict,
    Invalid,
    NotFound,
    Scope,
    clock,
    plain,
    publish_event,
    record,
    require,
    translator,
)
from baukasten_forum import outcomes, recount, service
from baukasten_forum.cooking import Cooked, cook
from baukasten_forum.keys import ANSWER, POST_TYPE, PostKind
from baukasten_forum.models import SHOWN, Post
from baukasten_forum.service import Way, Written
from baukasten_forum.stages import rules
from baukasten_forum.writing.models import Revision

_ = lazy("forum")
MAX_DEPARTMENT, MAX_REASON = 100, 300
LEAST_WORDS = 4
"""What a reason for a rejection has at least."""
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer says besides its text."""

    department: str
    """Who answers for the town."""
    outcome: Outcome
    due_on: dt.date | None = None
    """When the town will say more."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The latest answer in a topic."""

    id: int
    number: int | None
    department: str
    outcome: str | None
    body: str
    nonce: str | None


class AnswerConflict(Conflict):
    """A colleague answered since the form was shown; ``newest`` is what they said."""

    def __init__(self, newest: Newest) -> None:
        super().__init__(_("A colleague answered in the meantime. Read that first; your text is still here."))
        self.newest = newest


def answer(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    at: tuple[int, int],
    *,
    body: str,
    facts: Facts,
    seen: int = 0,
    nonce: str = "",
) -> Written:
    """Answer a topic for the town, or one post in it: ``at`` is the topic and a number, 1 for the whole.

    ``seen`` is the id of the newest answer that the form was shown with. Raises NotFound, Denied, Closed, Invalid,
    and AnswerConflict where somebody else answered since.
    """
    require(session, actor, ANSWER, module)
    topic_id, to = at
    rules.topic_of(session, module, topic_id, locked=True)
    latest = newest(session, topic_id)
    if latest is not None and latest.id != seen and (not nonce or latest.nonce != nonce):
        raise AnswerConflict(latest)
    facts = checked(facts, cook(session, module, body, topic_id))
    way = Way(nonce, _answered(session, topic_id, to), kind=PostKind.ANSWER)
    with session.begin_nested():
        written = service.add(session, actor, module, topic_id, body, way)
        if written.number is None:
            raise Invalid({"body": _("A filter holds this text back. Please change it or ask a colleague.")})
        _store(session, written.post_id, facts)
        _count(session, topic_id)
    record(
        session, actor, "forum.answer.write", f"{POST_TYPE}:{written.post_id}",
        topic=topic_id, outcome=facts.outcome.value,
    )  # fmt: skip
    return written


def newest(session: Scope, topic_id: int) -> Newest | None:
    """Give the latest answer in a topic, whichever of its posts it is for."""
    columns = (Post.id, Post.number, Post.department, Post.outcome, Post.body, Post.nonce)
    row = session.execute(
        select(*columns).where(Post.topic_id == topic_id, *_IN_VIEW).order_by(Post.number.desc()).limit(1)
    ).one_or_none()
    return None if row is None else Newest(*row)


def find(session: Scope, module: ModuleRef, topic_id: int, number: int) -> Any:
    """Give an answer in view as it is stored. Raises NotFound, also for what is none."""
    rules.topic_of(session, module, topic_id)
    query = select(*Post.__table__.columns).where(Post.topic_id == topic_id, Post.number == number, *_IN_VIEW)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def version(row: Any) -> str:
    """Give what tells whether somebody changed an answer since."""
    return "" if row.edited_at is None else row.edited_at.isoformat()


def correct(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    topic_id: int,
    number: int,
    *,
    facts: Facts,
    reason: str,
    seen: str = "",
) -> None:
    """Correct department, outcome or day of an answer, with a reason that everybody reads among its wordings.

    Raises NotFound, Denied, Closed, Invalid, and Conflict where somebody changed it since.
    """
    row = _held(session, actor, module, topic_id, number, seen)
    facts = checked(facts, cook(session, module, row.body, topic_id), row.due_on)
    before = Facts(row.department, Outcome(row.outcome or Outcome.OPEN), row.due_on)
    if facts == before:
        return
    _remember(session, actor, row, _reason(reason))
    _store(session, row.id, facts)
    _edited(session, row)
    _count(session, topic_id)
    record(
        session, actor, "forum.answer.correct", f"{POST_TYPE}:{row.id}",
        before=_told(before), after=_told(facts),
    )  # fmt: skip


def take_back(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    topic_id: int,
    number: int,
    *,
    reason: str,
    seen: str = "",
) -> None:
    """Take an answer back: a notice with the reason stands in its place, what it said stays readable behind it.

    The answer before it decides the outcome again. Raises NotFound, Denied, Closed, Invalid, Conflict.
    """
    row = _held(session, actor, module, topic_id, number, seen)
    reason = _reason(reason)
    cooked = cook(session, module, reason)
    _remember(session, actor, row, reason)
    values = {
        "kind": PostKind.NOTICE.value,
        "body": cooked.text,
        "body_html": str(cooked.html),
        "sanitiser_version": SANITISER_VERSION,
        "outcome": None,
        "due_on": None,
    }
    session.execute(update(Post).where(Post.id == row.id).values(values), execution_options=UNSYNCED)
    _edited(session, row)
    _count(session, topic_id)
    record(session, actor, "forum.answer.take_back", f"{POST_TYPE}:{row.id}", outcome=row.outcome)


def checked(facts: Facts, cooked: Cooked, known_day: dt.date | None = None) -> Facts:
    """Give what an answer says with its spaces in order; raises Invalid. A day that stood there may be over."""
    errors: dict[str, object] = {}
    department = " ".join(facts.department.split())
    if not department or len(department) > MAX_DEPARTMENT:
        errors["department"] = _("Say who answers, in at most 100 characters.")
    if facts.outcome not in outcomes.CHOICES:
        errors["outcome"] = _("Choose what becomes of the contribution.")
    today = translator().formats.local(clock.now()).date()
    if facts.due_on is not None and facts.due_on != known_day and not today <= facts.due_on <= _latest(today):
        errors["due_on"] = _("Choose a day from today on, within five years.")
    if facts.outcome is Outcome.REJECTED and len(plain(cooked.html).split()) < LEAST_WORDS:
        errors["body"] = _(
            "Say why it is rejected, in a sentence at least. It stands in the list as the reason."
        )
    if errors:
        raise Invalid(errors)
    return Facts(department, facts.outcome, facts.due_on)


_IN_VIEW = (Post.kind == PostKind.ANSWER.value, Post.visibility.in_(SHOWN))


def _latest(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=5 * 366)


def _answered(session: Scope, topic_id: int, number: int) -> int:
    """Give the post that is answered; people's own alone have an answer, and the opening also out of view."""
    query = select(Post.id).where(Post.topic_id == topic_id, Post.number == number)
    if number != 1:
        query = query.where(Post.visibility.in_(SHOWN), Post.kind == PostKind.POST.value)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _held(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, number: int, seen: str) -> Any:
    """Give an answer, with its topic's row held; raises Conflict where it is not what the form showed."""
    require(session, actor, ANSWER, module)
    topic = rules.topic_of(session, module, topic_id, locked=True)
    rules.need(session, actor, module, ANSWER, topic)
    row = find(session, module, topic_id, number)
    if version(row) != seen:
        raise Conflict(_("This answer was changed in the meantime. Look at it again, please."))
    return row


def _reason(reason: str) -> str:
    line = " ".join(reason.split())
    if not line or len(line) > MAX_REASON:
        raise Invalid({"reason": _("Say why in at most 300 characters. Everybody can read it.")})
    return line


def _remember(session: Scope, actor: MemberRef, row: Any, reason: str) -> None:
    """Keep what stood there; unlike people's texts that staff replace, the town's own stay open to everybody."""
    session.add(
        Revision(
            post_id=row.id,
            number=row.edits + 1,
            body=row.body,
            written_at=row.edited_at or row.created_at,
            edited_by=actor.id,
            reason=reason,
        )
    )
    session.flush()


def _store(session: Scope, post_id: int, facts: Facts) -> None:
    values = {"department": facts.department, "outcome": facts.outcome.value, "due_on": facts.due_on}
    session.execute(update(Post).where(Post.id == post_id).values(values), execution_options=UNSYNCED)


def _edited(session: Scope, row: Any) -> None:
    counted = update(Post).where(Post.id == row.id).values(edits=Post.edits + 1, edited_at=clock.now())
    session.execute(counted, execution_options=UNSYNCED)
    publish_event(session, ContentEdited(session.tenant_id or 0, POST_TYPE, row.id))


def _count(session: Scope, topic_id: int) -> None:
    recount.topics(session, [topic_id])
    outcomes.settle(session, topic_id)


def _told(facts: Facts) -> dict[str, str]:
    day = "" if facts.due_on is None else facts.due_on.isoformat()
    return {"outcome": facts.outcome.value, "due_on": day}
