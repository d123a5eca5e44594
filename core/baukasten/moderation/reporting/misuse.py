"""Who reports without reason again and again (Art. 23 (2) DSA): still read, but counted no more."""

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation.models import Report, Settled

LOOK_AT, TOO_MANY = 8, 5
"""Of so many of the newest decided reports, so many refused ones are misuse."""
WITHIN = dt.timedelta(days=90)
JUDGED = (Settled.GRANTED.value, Settled.REFUSED.value)


def misuses(outcomes: Sequence[str]) -> bool:
    """Tell whether somebody reports without reason, from what became of their reports, newest first."""
    return list(outcomes[:LOOK_AT]).count(Settled.REFUSED) >= TOO_MANY


def is_misused(session: Scope, reporter_ids: Iterable[int]) -> set[int]:
    """Give those of some members who report without reason, in one statement."""
    wanted = set(reporter_ids)
    if not wanted:
        return set()
    newest = (Report.settled_at.desc(), Report.id.desc())
    place = func.row_number().over(partition_by=Report.reporter_id, order_by=newest).label("place")
    judged = (
        select(Report.reporter_id, Report.outcome, place)
        .where(Report.reporter_id.in_(wanted), Report.outcome.in_(JUDGED))
        .where(Report.settled_at > clock.now() - WITHIN)
        .subquery()
    )
    query = select(judged.c.reporter_id, func.array_agg(judged.c.outcome).label("outcomes"))
    last = query.where(judged.c.place <= LOOK_AT).group_by(judged.c.reporter_id)
    return {row.reporter_id for row in session.execute(last) if misuses(row.outcomes)}
