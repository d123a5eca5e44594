"""What one can do with consultation hours: offer a date, sign up, withdraw."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import Closed, Conflict, NotFound, Scope, Submission, clock, publish_event, submit
from baukasten_stranger.events import SlotOpened
from baukasten_stranger.models import Signup, Slot

_ = lazy("stranger")
SIGNUP = "stranger.signup"
TAKEN = (Visibility.PUBLISHED, Visibility.HELD)
"""A line that waits for moderation keeps its seat."""


@dataclass(frozen=True, slots=True)
class Line:
    """One published line."""

    id: int
    member_id: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A date as the public sees it."""

    id: int
    begins_at: dt.datetime
    place: str
    seats: int
    taken: int
    lines: Sequence[Line]

    @property
    def free(self) -> int:
        """Seats that nobody has taken."""
        return max(0, self.seats - self.taken)


def open_slot(
    session: Scope, actor: MemberRef, module: ModuleRef, *, begins_at: dt.datetime, place: str, seats: int
) -> int:
    """Offer a date; gives its id."""
    slot = Slot(module_id=module.id, host_id=actor.id, begins_at=begins_at, place=place, seats=seats)
    session.add(slot)
    session.flush()
    publish_event(session, SlotOpened(slot.tenant_id, slot.id))
    return slot.id


def sign_up(session: Scope, actor: MemberRef, module: ModuleRef, slot_id: int, line: str) -> Submission:
    """Take a seat with a line, which moderation screens.

    Raises NotFound, Closed for a date that has begun, Conflict when it is full or the person is on it already.
    """
    # The lock keeps two people from taking the last seat.
    slot = session.scalar(
        select(Slot).where(Slot.id == slot_id, Slot.module_id == module.id).with_for_update()
    )
    if slot is None:
        raise NotFound
    if slot.begins_at <= clock.now():
        raise Closed(_("This date has begun."))
    taken = session.scalars(select(Signup.member_id).where(_counts(slot_id))).all()
    if actor.id in taken:
        raise Conflict(_("You have signed up already."))
    if len(taken) >= slot.seats:
        raise Conflict(_("All seats are taken."))

    def store(visibility: Visibility) -> int:
        row = Signup(slot_id=slot_id, member_id=actor.id, line=line, visibility=visibility)
        session.add(row)
        session.flush()
        return row.id

    return submit(session, Draft(SIGNUP, line, author=actor, module=module), store)


def withdraw(session: Scope, actor: MemberRef, signup_id: int) -> None:
    """Give a seat back. Raises NotFound for a line that is not the actor's."""
    row = session.scalar(select(Signup).where(Signup.id == signup_id, Signup.member_id == actor.id))
    if row is None:
        raise NotFound
    row.visibility, row.member_id = Visibility.WITHDRAWN, None


def offers(session: Session, module_id: int) -> list[Offer]:
    """Give the coming dates of a module, the next first, with their published lines; two statements."""
    slots = coming(session, module_id)
    rows = session.scalars(
        select(Signup).where(Signup.slot_id.in_([slot.id for slot in slots])).order_by(Signup.id)
    ).all()
    given = []
    for slot in slots:
        mine = [row for row in rows if row.slot_id == slot.id]
        lines = [
            Line(row.id, row.member_id, row.line) for row in mine if row.visibility == Visibility.PUBLISHED
        ]
        taken = sum(row.visibility in TAKEN for row in mine)
        given.append(Offer(slot.id, slot.begins_at, slot.place, slot.seats, taken, lines))
    return given


def coming(session: Session, module_id: int | None = None) -> Sequence[Slot]:
    """Give dates that have not begun, of one module or of the whole town."""
    query = (
        select(Slot)
        .where(Slot.begins_at > clock.now(), Slot.paused.is_(False))
        .order_by(Slot.begins_at, Slot.id)
    )
    return session.scalars(query if module_id is None else query.where(Slot.module_id == module_id)).all()


def count_signups(session: Session, module_ids: Sequence[int]) -> int:
    """Count the published lines in some modules."""
    query = select(func.count()).select_from(Signup).join(Slot, _same_slot())
    shown = Signup.visibility == Visibility.PUBLISHED
    return session.scalar(query.where(shown, Slot.module_id.in_(module_ids))) or 0


def add_views(session: Session, views: Mapping[int, int]) -> None:
    """Add to dates how often they were seen."""
    for slot_id, times in views.items():
        session.execute(update(Slot).where(Slot.id == slot_id).values(seen=Slot.seen + times))


def pause(session: Session, *, paused: bool) -> None:
    """Stop or resume all dates of the town; safe to repeat."""
    session.execute(update(Slot).values(paused=paused))


def _counts(slot_id: int) -> ColumnElement[bool]:
    return and_(Signup.slot_id == slot_id, Signup.visibility.in_(TAKEN))


def _same_slot() -> ColumnElement[bool]:
    return and_(Signup.tenant_id == Slot.tenant_id, Signup.slot_id == Slot.id)
