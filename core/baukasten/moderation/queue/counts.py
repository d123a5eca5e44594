"""How many cases wait in each view, counted as far as anybody reads on: a queue of fifty thousand costs no more."""

from collections.abc import Mapping

from sqlalchemy import func, literal, select

from baukasten.db.session import Scope
from baukasten.moderation import cases, kinds
from baukasten.moderation.cases import MOST_COUNTED
from baukasten.moderation.queue.filters import State
from baukasten.moderation.queue.listing import CASE, state_of
from baukasten.plugin.refs import MemberRef

COUNTED = (State.OPEN, State.MINE, State.LATE, State.APPEALS, State.SECOND)


def by_state(session: Scope, me: MemberRef) -> Mapping[State, int]:
    """Count the cases of each state up to ``MOST_COUNTED`` + 1, all in one statement."""
    judged = CASE.c.content_type.in_(kinds.judged_types(session))
    columns = []
    for state in COUNTED:
        some = select(literal(1)).where(judged, *state_of(me, state)).limit(MOST_COUNTED + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery().label(state.name))
    row = session.execute(select(*columns)).one()
    # The navigation shows the first of them too.
    session.info[cases.COUNTED] = (session.get_transaction(), row[0])
    return dict(zip(COUNTED, row, strict=True))
