"""Sorting texts into categories: each coder alone, one text after the other."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, lazy
from baukasten.sdk import Conflict, Scope, clock
from baukasten_survey.models import Response
from baukasten_survey.texts import categories
from baukasten_survey.texts.fields import Field, counted, said, text_of
from baukasten_survey.texts.holding import hold
from baukasten_survey.texts.models import Coder, Coding

_ = lazy("survey")
DONE = _("You have finished sorting and may see how others did; what you sorted stays as it is.")
AT_ONCE = 5
UNFINISHED = _("Some texts are not sorted yet.")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is."""

    id: int
    question: str
    number: int
    member_id: int | None
    coded: int
    done: bool


def standings(session: Scope, survey_id: int, name: str = "") -> list[Standing]:
    """Give everybody who sorts texts of a survey, or of one question, in the order they began; one statement."""
    query = (
        select(Coder, func.count(Coding.id))
        .outerjoin(Coding, (Coding.tenant_id == Coder.tenant_id) & (Coding.coder_id == Coder.id))
        .where(Coder.survey_id == survey_id)
        .group_by(Coder.tenant_id, Coder.id)
    )
    if name:
        query = query.where(Coder.question == name)
    return [
        Standing(one.id, one.question, one.number, one.member_id, coded, one.done_at is not None)
        for one, coded in session.execute(query.order_by(Coder.question, Coder.number))
    ]


def coder(session: Scope, survey_id: int, name: str, member: MemberRef) -> Coder | None:
    """Give the coder that a member is; nothing before the first text; one statement."""
    mine = (Coder.survey_id == survey_id, Coder.question == name, Coder.member_id == member.id)
    return session.scalar(select(Coder).where(*mine))


def following(
    session: Scope, survey_id: int, field: Field, me: Coder | None, after: int = 0
) -> tuple[int, str] | None:
    """Give the next text that a coder has not sorted, beginning anew at the end; nothing where all are."""
    words = said(field)
    query = select(Response.id, words).where(counted(survey_id), words.is_not(None))
    if me is not None:
        # Not a join: of what was sorted an hour ago the database may still guess that it is little.
        query = query.where(Response.id.not_in(select(Coding.response_id).where(Coding.coder_id == me.id)))
    # What was skipped comes back when all that follows is done.
    ordered = query.order_by(Response.id <= after, Response.id).limit(1)
    found = session.execute(ordered).one_or_none()
    return None if found is None else (found[0], found[1])


def assign(
    session: Scope, actor: MemberRef, survey_id: int, field: Field, response_id: int, category_id: int | None
) -> None:
    """Sort a text into a category, or into none; the same twice is the same once, and the later one counts.

    Raises NotFound for a text or category that is not there, Conflict for whoever has finished.
    """
    hold(session, survey_id, field.name)
    text_of(session, survey_id, field, response_id)
    chosen = categories.checked(session, survey_id, field.name, category_id)
    me = _begun(session, survey_id, field.name, actor)
    values = {"category_id": chosen, "at": clock.now()}
    adding = insert(Coding).values(
        tenant_id=session.tenant_id, coder_id=me.id, response_id=response_id, **values
    )
    known = [Coding.tenant_id, Coding.coder_id, Coding.response_id]
    if me.done_at is not None:
        # Texts that came in since may be sorted; what others can be compared with already may not change.
        adding = adding.on_conflict_do_nothing(index_elements=known)
        if not session.scalars(adding.returning(Coding.id)).all():
            raise Conflict(DONE)
        return
    session.execute(adding.on_conflict_do_update(index_elements=known, set_=values))


def undo(session: Scope, actor: MemberRef, survey_id: int, field: Field) -> int:
    """Take back what a coder sorted last; gives the text's response, 0 where there is none. Raises Conflict."""
    hold(session, survey_id, field.name)
    me = coder(session, survey_id, field.name, actor)
    if me is None:
        return 0
    if me.done_at is not None:
        raise Conflict(DONE)
    last = select(Coding.id).where(Coding.coder_id == me.id).order_by(Coding.at.desc(), Coding.id.desc())
    gone = delete(Coding).where(Coding.id == last.limit(1).scalar_subquery()).returning(Coding.response_id)
    return session.scalars(gone, execution_options={"synchronize_session": False}).one_or_none() or 0


def finish(session: Scope, actor: MemberRef, survey_id: int, field: Field) -> None:
    """Say that one's sorting stands; from then on it may be compared. Raises Conflict while texts are left."""
    hold(session, survey_id, field.name)
    me = coder(session, survey_id, field.name, actor)
    if me is None or following(session, survey_id, field, me) is not None:
        raise Conflict(UNFINISHED)
    me.done_at = me.done_at or clock.now()
    session.flush()


def _begun(session: Scope, survey_id: int, name: str, member: MemberRef) -> Coder:
    """Give the coder that a member is, from now on."""
    me = coder(session, survey_id, name, member)
    if me is not None:
        return me
    highest = func.coalesce(func.max(Coder.number), 0) + 1
    number = select(highest).where(Coder.survey_id == survey_id, Coder.question == name).scalar_subquery()
    adding = insert(Coder).values(
        tenant_id=session.tenant_id, survey_id=survey_id, question=name, member_id=member.id, number=number
    )
    for _attempt in range(AT_ONCE):
        # Who began at the same moment as somebody else had the same number in mind, and takes the next.
        session.execute(adding.on_conflict_do_nothing())
        me = coder(session, survey_id, name, member)
        if me is not None:
            return me
    raise Conflict(_AGAIN)


_AGAIN = _("Others began at the same moment. Please try again.")
