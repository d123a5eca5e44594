"""The question hour on the page of a room: the stage, the list, one's own questions, the form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Form, Scope, here, may, module_url, sign_in_url
from baukasten_chat.hours import closing, rules
from baukasten_chat.keys import ASK, VOTE, QuestionState
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import fairness, forms, lines, own, wishes
from baukasten_chat.questions.fairness import Order
from baukasten_chat.questions.lines import Counts, Line

_ = lazy("chat")
OPEN, ANSWERED = 30, 3
"""Questions on the page of a room; the others stand on a page of their own."""
ORDER_NAMES = {
    Order.VOTES: _("Most votes"),
    Order.OLDEST: _("Oldest"),
    Order.FIRST: _("First questions first"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """What ``chat/questions.html`` shows."""

    stage: Line | None
    asks: Sequence[Line]
    answered: Sequence[Line]
    counts: Counts
    own: own.Own
    orders: Sequence[tuple[str, str, bool]]
    """Ways to sort: label, address, whether it is this one."""
    form: Form | None
    closed: str
    """Why this reader asks nothing now; empty for who may, and for a guest who could after signing in."""
    sign_in_url: str
    vote_url: str
    """Of the form that carries a vote, wherever its button leads."""
    blank: Line
    """The pattern of a question that the script adds."""
    former: str
    """How people are called who are no longer here."""
    order: Order
    all_url: str
    ask_url: str
    similar_url: str
    presenter_url: str
    """Of the view for the hall, for who steers the room; else empty."""


def part(
    session: Scope,
    module: ModuleRef,
    room: Any,
    member: MemberRef | None,
    hours: rules.Hours | None = None,
    *,
    order: str = "",
) -> Part | None:
    """Give what the page of a room shows of its questions; nothing in rooms without any.

    ``hours`` are given where somebody knows them already; ``order`` is the one that the address asks for.

    One statement, one more for members, and two for who has a question that is not in view.
    """
    if not wishes.of(module).taken:
        return None
    mine = own.of(session, module, room.id, member)
    rights = Rights.of(session, module, room, member, hours)
    chosen = fairness.of(order)
    found, counts = _lines(session, module, room.id, chosen, mine, can_vote=rights.vote)
    index = module_url(module, "index")
    asks = [one for one in found if one.state == QuestionState.OPEN]
    done = [one for one in found if one.state == QuestionState.ANSWERED]
    form = forms.ask_form(module) if rights.ask and not (mine.has_open and rights.one) else None
    return Part(
        stage=next((one for one in found if one.state == QuestionState.LIVE), None),
        asks=asks,
        answered=sorted(done, key=lambda one: one.version, reverse=True),
        counts=counts,
        own=mine,
        orders=[
            (str(name), f"{index}?folge={key}#fragen", key is chosen) for key, name in ORDER_NAMES.items()
        ],
        form=form,
        closed=rights.closed if form is None else "",
        sign_in_url=sign_in_url(index) if here().identity is None and not rights.closed else "",
        vote_url=module_url(module, "all_questions"),
        blank=lines.blank(module, can_vote=rights.vote),
        former=str(_("Former member")),
        order=chosen,
        all_url=module_url(module, "all_questions"),
        ask_url=module_url(module, "ask"),
        similar_url=module_url(module, "similar_questions"),
        presenter_url=module_url(module, "presenter") if rights.steer else "",
    )


@dataclass(frozen=True, slots=True)
class Rights:
    """What a reader may do with questions at this moment."""

    ask: bool
    vote: bool
    steer: bool
    one: bool
    """Whether one open question is all that this person may have."""
    closed: str
    """Why nobody like this reader asks now."""

    @classmethod
    def of(
        cls,
        session: Scope,
        module: ModuleRef,
        room: Any,
        member: MemberRef | None,
        hours: rules.Hours | None = None,
    ) -> "Rights":
        """Ask for a reader's rights; one statement where the hours are not known yet."""
        hours = hours or rules.now_in(session, module, room)
        allowed = rules.ALLOWED[hours.phase]
        steer, closed = (
            closing.steers(session, module, member),
            closing.why(session, module, member, hours, ASK),
        )
        in_time = VOTE in allowed or steer
        return cls(
            ask=member is not None and not closed,
            vote=member is not None and in_time and may(session, member, VOTE, module),
            steer=steer,
            one=wishes.of(module).one and not steer,
            closed=closed,
        )


def _lines(
    session: Scope, module: ModuleRef, room_id: int, order: Order, mine: own.Own, *, can_vote: bool
) -> tuple[list[Line], Counts]:
    """Give the question on the stage, the first open ones in an order, the last answered ones; one statement."""
    there = (Question.room_id == room_id, Question.visibility.in_(SHOWN))
    ids = select(Question.id).where(*there)
    first = ids.where(Question.state == QuestionState.OPEN).order_by(*fairness.ORDERS[order]).limit(OPEN)
    last = ids.where(Question.state == QuestionState.ANSWERED)
    last = last.order_by(Question.answered_at.desc(), Question.id.desc()).limit(ANSWERED)
    wanted = or_(
        Question.id.in_(first.scalar_subquery()),
        Question.id.in_(last.scalar_subquery()),
        Question.state == QuestionState.LIVE,
    )
    most = OPEN + ANSWERED + 1
    order_by = fairness.ORDERS[order]
    return lines.load_counted(
        session,
        module,
        room_id,
        (Question.room_id == room_id) & wanted,
        *order_by,
        limit=most,
        voted=mine.voted,
        can_vote=can_vote,
    )
