"""How many cases wait in each view, counted as far as anybody reads on: a queue of fifty thousand costs no more."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, bindparam, func, literal_column, select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation import cases, kinds
from baukasten.moderation.cases import MOST_COUNTED
from baukasten.moderation.queue.filters import State
from baukasten.moderation.queue.listing import CASE, states
from baukasten.plugin.refs import MemberRef

COUNTED = (State.OPEN, State.MINE, State.LATE, State.APPEALS, State.SECOND)


def by_state(session: Scope, me: MemberRef) -> Mapping[State, int]:
    """Count the cases of each state up to ``MOST_COUNTED`` + 1, all in one statement."""
    values = {"kinds": kinds.judged_types(session), "me": me.id, "now": clock.now()}
    row = session.execute(QUERY, values).one()
    # The navigation shows the first of them too.
    session.info[cases.COUNTED] = (session.get_transaction(), row[0])
    return dict(zip(COUNTED, row, strict=True))


def _query() -> Select[Any]:
    judged = CASE.c.content_type.in_(bindparam("kinds", expanding=True))
    conditions = states(bindparam("me"), bindparam("now"))
    columns = []
    for state in COUNTED:
        some = (
            select(literal_column("1")).where(judged, *conditions[state]).limit(MOST_COUNTED + 1).subquery()
        )
        columns.append(select(func.count()).select_from(some).scalar_subquery().label(state.name))
    return select(*columns)


# Built once: putting it together costs more than asking.
QUERY = _query()
