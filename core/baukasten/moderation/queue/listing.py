"""The list of what waits, in its order."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from baukasten.db.session import Scope
from baukasten.moderation import kinds
from baukasten.moderation.cases import waiting as still_waiting
from baukasten.moderation.deciding import ref_of
from baukasten.moderation.models import Case, CaseCause
from baukasten.plugin.refs import Content


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case in the list of those who moderate."""

    id: int
    cause: CaseCause
    reports: int
    note: str
    content: Content
    created_at: dt.datetime


def waiting(session: Scope, *, after: int = 0, limit: int = 30) -> list[Waiting]:
    """Give the open cases, oldest first, in as many statements as there are types of contribution, plus one."""
    # Cases of plugins that are switched off wait as well, but must not fill the page with nothing.
    mine = (*still_waiting(), Case.content_type.in_(kinds.judged_types(session)), Case.id > after)
    cases = session.scalars(select(Case).where(*mine).order_by(Case.id).limit(limit)).all()
    found = kinds.find_all(session, (ref_of(case) for case in cases))
    return [
        Waiting(case.id, CaseCause(case.cause), case.reports, case.note, content, case.created_at)
        for case in cases
        if (content := found.get(ref_of(case))) is not None
    ]
