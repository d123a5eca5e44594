"""What the room of notices declares: its jobs, and what it keeps about people."""

from typing import Any

from markupsafe import Markup
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten.notify import links, mailing, service
from baukasten.notify.models import Notice, NoticePreference
from baukasten.plugin.declarations import Job, PersonalDataset
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.refs import Outlet, OutletContext
from baukasten.plugin.text import lazy
from baukasten.web.languages import prefix

_ = lazy("core")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's notices and what it wants no mails of."""
    notices = session.scalars(select(Notice).where(Notice.member_id == member_id).order_by(Notice.id))
    told = [
        {
            "type": one.type,
            "data": one.data,
            "path": one.path,
            "at": one.created_at.isoformat(),
            "read_at": one.read_at.isoformat() if one.read_at else None,
        }
        for one in notices
    ]
    types = session.scalars(select(NoticePreference.type).where(NoticePreference.member_id == member_id))
    return [*told, *({"no_mails_of": one} for one in sorted(types))]


def erase(session: Session, member_id: int) -> int:
    """Delete a member's notices and wishes."""
    notices: Any = session.execute(delete(Notice).where(Notice.member_id == member_id))
    wishes: Any = session.execute(delete(NoticePreference).where(NoticePreference.member_id == member_id))
    return int(notices.rowcount + wishes.rowcount)


@hookimpl
def fill_outlet(outlet: Outlet, context: OutletContext) -> Markup | None:
    """Lead from one's account to the notices."""
    if outlet is not Outlet.ACCOUNT_ASIDE or context.member is None:
        return None
    before = prefix(context.language, context.tenant.language)
    return Markup('<p><a class="btn btn--line fill" href="{}">{}</a></p>').format(
        before + links.LIST, str(_("Notices"))
    )


@hookimpl
def register_jobs() -> list[Job]:
    """Give the mail of a burst and the tidying."""
    return [
        Job(service.MAIL_JOB, mailing.send_burst),
        Job("notify.tidy", service.forget_old, every="47 3 * * *"),
    ]


@hookimpl
def register_personal_data() -> list[PersonalDataset]:
    """Give the room's stores of personal data."""
    return [
        PersonalDataset(
            key="notify.notices",
            title=_("Notices"),
            purpose=_("To tell members what concerns them: replies, decisions, news of what they follow."),
            legal_basis=_("Art. 6 (1) e GDPR: carrying out the participation that the member takes part in."),
            columns=("notice.member_id", "notice.data", "notice_preference.member_id"),
            retention=_("Half a year."),
            export=export,
            erase=erase,
        )
    ]
