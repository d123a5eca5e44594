"""The mail of a burst: everything of one group that a member has not read yet, in one letter."""

from typing import Any, cast

from sqlalchemy import select

from baukasten import clock
from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.mail import sending
from baukasten.mail.post import TOOL, Post
from baukasten.notify import links, service
from baukasten.notify.models import Notice
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.validity import is_usable
from baukasten.plugin.work import work

MOST = 50
"""Notices that one mail lists; a busier group says how many there are."""


def send_burst(session: Scope, *, member_id: int, type_key: str, group: str) -> None:
    """Send a member the waiting notices of one type and group; raises Unavailable to try again later.

    What was read on the page meanwhile, hidden or unsubscribed is not sent.
    """
    waiting = _waiting(session, member_id, type_key, group)
    job = work(session)
    declared = session.contract.registry.notifications.get(type_key)
    owned = declared is not None and is_usable(declared.plugin, job.active)
    unread = service.in_view(session, [one for one in waiting if one.read_at is None]) if owned else []
    address = members.addresses(session, [member_id]).get(member_id)
    for notice in waiting:
        notice.mail_due = False
    if declared is None or not unread or not address:
        return
    office = cast("Post", job.tools[TOOL])
    signed = (office.config.secret_key, job.town.id, member_id, type_key)
    leave = office.url(job.town, links.leave_path(*signed))
    ends_group = bool(group) and declared.value.silence is not None
    silence = office.url(job.town, links.leave_path(*signed, group)) if ends_group else ""
    answers_to = _answers_to(office, job.town, member_id, unread)
    values = {
        **_values(office, job.town, unread),
        "unsubscribe": leave,
        "silence": silence,
        "reply_to": answers_to,
    }
    sent = sending.post(
        session,
        address,
        declared.value.template,
        declared.value.subject,
        values,
        # RFC 8058: mail programs may end the mails with one press, without opening the page.
        headers={"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        answers_to=answers_to,
    )
    if sent:
        for notice in unread:
            notice.mailed_at = clock.now()


def _waiting(session: Scope, member_id: int, type_key: str, group: str) -> list[Notice]:
    """Give the waiting notices, oldest first, and keep a second worker from sending them too."""
    query = select(Notice).where(
        Notice.member_id == member_id, Notice.type == type_key, Notice.group_key == group, Notice.mail_due
    )
    return list(session.scalars(query.order_by(Notice.id).with_for_update()))


def _answers_to(office: Post, town: TenantRef, member_id: int, notices: list[Notice]) -> str:
    """Give the address for answers, where all notices of the letter are about one matter; else nobody could tell."""
    matters = {(one.reply_purpose, one.reply_target) for one in notices}
    purpose, target = matters.pop()
    if matters or purpose is None or target is None:
        return ""
    return office.reply_address(town, purpose, member_id, target)


def _values(office: Post, town: Any, notices: list[Notice]) -> dict[str, Any]:
    """Give what the templates may use: the newest notice's data by name, and all of them as ``items``."""
    newest = notices[-1]
    return {
        **newest.data,
        "items": [{**one.data, "link": office.url(town, one.path or "/")} for one in notices[-MOST:]],
        "count": len(notices),
        "link": office.url(town, newest.path or "/"),
        "preferences": office.url(town, links.PREFERENCES),
    }
