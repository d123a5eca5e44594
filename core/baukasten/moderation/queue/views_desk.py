"""The desk as its templates show it: counts, chips, one page of the list, and what was just decided."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request, url_for
from sqlalchemy import func, select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import Denied
from baukasten.moderation.cases import written
from baukasten.moderation.deciding import UNDO
from baukasten.moderation.measures import NAMES
from baukasten.moderation.models import Decision, Measure
from baukasten.moderation.queue import counts, listing, words
from baukasten.moderation.queue.filters import NUMBERS, Filters, Order, State
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy
from baukasten.tenants import plugins
from baukasten.web.here import here
from baukasten.web.i18n import dngettext

_ = lazy("core")
CASE_ID = 10**17
DONE = "entschieden"
"""The value of an address that names the decision just taken."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A view of the queue to choose, with how much waits in it."""

    label: str
    values: Mapping[str, str]
    current: bool
    count: str


@dataclass(frozen=True, slots=True)
class Done:
    """What was just decided; without seconds it cannot be undone any more."""

    id: int
    text: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Desk:
    """The list column of every page of the desk, and what stands above it."""

    current: int | None
    kept: Mapping[str, str]
    """The filters, as values for each address of the desk."""
    plain: bool
    """Whether this is all that waits."""
    filtered: bool
    """Whether something beside the state is chosen."""
    can_decide: bool
    counts: Mapping[str, int]
    written: Mapping[str, str]
    chips: Sequence[Chip]
    lines: Sequence[words.Shown]
    older: Mapping[str, str] | None
    first: Mapping[str, str] | None
    explained: str
    done: Done | None
    case_path: str
    """Address of a case, with ``CASE_ID`` where its number belongs."""

    def address(self, case_id: int) -> str:
        """Give a case's address; building each anew would cost a third of the page."""
        return self.case_path.replace(str(CASE_ID), str(case_id), 1)


def desk(current: int | None = None, *, just: int | None = None) -> Desk:
    """Give the desk for this request: the queue, or with ``current`` the page of that case. Views only.

    ``just`` names the decision just taken, where the address does not.
    """
    session, member = here().session, me()
    plugins.remember(session, here().plugins)
    view = Filters.read(request.args)
    counted = counts.by_state(session, member)
    found = listing.page(session, member, view)
    guessing = view.order is Order.GUESS and view.state is not State.CLOSED
    return Desk(
        current=current,
        kept=view.values(),
        plain=view.state is State.OPEN and not view.is_filtered(),
        filtered=view.is_filtered(),
        can_decide=view.state is not State.CLOSED,
        counts={state.name: count for state, count in counted.items()},
        written={state.name: written(count) for state, count in counted.items()},
        chips=_chips(view, counted),
        lines=[words.shown(line, member, guessing=guessing) for line in found.lines],
        older=view.values(nach=found.more) if found.more else None,
        first=view.values(nach=None) if view.after else None,
        explained=str(words.CLOSED if view.state is State.CLOSED else words.EXPLAINED[view.order]),
        case_path=url_for("moderation.case", case_id=CASE_ID, **view.values()),
        done=done(session, member, str(just or request.args.get(DONE, ""))),
    )


def me() -> MemberRef:
    """Give the member who moderates; raises Denied."""
    member = here().member
    if member is None:
        raise Denied
    return member


def seconds_left(since: dt.datetime) -> int:
    """Give how long a decision can still be undone."""
    return max(0, int((since + UNDO - clock.now()).total_seconds()))


def _chips(view: Filters, counted: Mapping[State, int]) -> list[Chip]:
    chips = []
    for state, label in words.STATES.items():
        waiting = counted.get(state, 0)
        # Views that seldom have something stand there only while they do.
        if not waiting and state in (State.LATE, State.SECOND) and view.state is not state:
            continue
        values = view.values(stand=None if state is State.OPEN else state, nach=None)
        chips.append(Chip(str(label), values, view.state is state, written(waiting) if waiting else ""))
    return chips


def done(session: Scope, member: MemberRef, written: str) -> Done | None:
    """Give what this person decided a moment ago; decisions taken together carry the same moment."""
    if not (written.isascii() and written.isdigit()) or len(written) > NUMBERS:
        return None
    mine = (Decision.actor_id == member.id, Decision.undone_at.is_(None))
    moment = select(Decision.created_at).where(Decision.id == int(written), *mine).scalar_subquery()
    query = select(
        func.count(), func.min(Decision.measure), func.max(Decision.measure), func.max(Decision.created_at)
    )
    together = query.where(Decision.created_at == moment, *mine)
    count, measure, other, at = session.execute(together).one()
    if not count or clock.now() - at > UNDO * 6:
        return None
    if count == 1 or measure == other:
        name = str(NAMES[Measure(measure)])
        text = dngettext("core", "Decided: %(what)s.", "%(num)s cases decided: %(what)s.", count, what=name)
    else:
        text = dngettext("core", "%(num)s case decided.", "%(num)s cases decided.", count)
    return Done(int(written), text, seconds_left(at))
