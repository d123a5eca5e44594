"""One case with everything that those who decide need to see."""

from sqlalchemy import select

from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation import kinds
from baukasten.moderation.deciding import ref_of
from baukasten.moderation.models import Case, Report
from baukasten.plugin.refs import Content


def case_by_id(session: Scope, case_id: int) -> tuple[Case, Content, list[Report]]:
    """Give a case with its contribution and reports. Raises NotFound."""
    case = session.scalar(select(Case).where(Case.id == case_id))
    if case is None:
        raise NotFound
    content = kinds.find(session, ref_of(case))
    reports = session.scalars(select(Report).where(Report.case_id == case_id).order_by(Report.id)).all()
    return case, content, list(reports)
