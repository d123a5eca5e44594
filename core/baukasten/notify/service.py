"""Notices: telling members what concerns them, what they have not read, what they do not want by mail."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, NotFound
from baukasten.jobs.queue import enqueue_all
from baukasten.notify.models import Notice, NoticePreference
from baukasten.plugin.declarations import Channel, NotificationType
from baukasten.plugin.refs import ContentRef, Visibility
from baukasten.plugin.validity import is_usable

MAIL_JOB = "notify.mail"
BURST = dt.timedelta(minutes=5)
"""How long the first notice of a group waits for others before its mail goes out."""
KEPT = dt.timedelta(days=180)
PAGE = 30
IN_VIEW = frozenset({Visibility.PUBLISHED, Visibility.FOLDED})
TAKEN = frozenset(
    {
        "town", "home", "to", "template", "subject", "language", "active", "headers", "items", "count", "link",
        "unsubscribe", "silence", "preferences", "reply_to",
    }
)  # fmt: skip
"""Names that mails use themselves; a notice's data may have none of them."""

# Erased people get nothing; who wants no mails of the type gets the page alone.
WRITE = text("""
    INSERT INTO notice (tenant_id, member_id, type, group_key, data, path, reply_purpose, reply_target,
                        content_type, content_id, created_at, on_page, mail_due)
    SELECT m.tenant_id, m.id, :type, :group, CAST(:data AS jsonb), :path, :reply_purpose, :reply_target,
           :content_type, :content_id, :now, :on_page, :mail AND NOT EXISTS (
               SELECT FROM notice_preference p
               WHERE p.tenant_id = m.tenant_id AND p.member_id = m.id AND p.type = :type
           )
    FROM membership m
    WHERE m.tenant_id = platform.current_tenant() AND m.id = ANY (:members) AND m.account_id IS NOT NULL
        AND NOT (:once AND EXISTS (
            SELECT FROM notice n
            WHERE n.tenant_id = m.tenant_id AND n.member_id = m.id AND n.content_type = :content_type
                AND n.content_id = :content_id AND split_part(n.type, '.', 1) = :owner
        ))
    RETURNING member_id, mail_due
""")
# Two workers that were handed the same event tell one after the other.
ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('notice ' || :what, 0))")

UNREAD = text("SELECT platform.unread_notices(:member)")


class UnknownNoticeError(BaukastenError):
    """A type of notice that nobody declared, or data that mails cannot take; a programmer's mistake."""


def notify(  # noqa: PLR0913 - all that a notice can say
    session: Scope,
    type_key: str,
    *,
    recipients: Iterable[int],
    data: Mapping[str, Any],
    group: str = "",
    path: str = "",
    about: ContentRef | None = None,
    once: bool = False,
    reply_to: tuple[str, int] | None = None,
) -> int:
    """Tell members something, on the page and, after a burst, by mail; gives how many are told.

    ``data`` fills the subject and the mail's template and travels as JSON; ``path`` leads to the matter below the
    town's host. Notices with the same ``group`` become one mail. ``about`` names the contribution, so that the
    notice is silent while that is not in view. ``reply_to`` names the mailbox and the matter that an answer to the
    mail goes to; its template finds the address as ``reply_to``, empty where no mail is taken or matters are mixed.
    Raises UnknownNoticeError.

    ``once`` leaves out whom a type of the same owner told about that very contribution already, so that an event
    which comes twice, or concerns somebody for two reasons, is told once.
    """
    declared = declared_type(session, type_key)
    if TAKEN & data.keys():
        raise UnknownNoticeError(f"{type_key}: mails use the name {min(TAKEN & data.keys())} themselves")
    if reply_to is not None and reply_to[0] not in session.contract.registry.mailboxes:
        raise UnknownNoticeError(f"{type_key}: nobody takes letters for {reply_to[0]}")
    owner = type_key.partition(".")[0]
    if once and about is not None:
        what = f"{session.tenant_id} {owner} {about.type}:{about.id}"
        session.execute(ONE_AT_A_TIME, {"what": what})
    written = session.execute(
        WRITE,
        {
            "type": type_key,
            "group": group,
            "data": json.dumps(dict(data)),
            "path": path,
            "reply_purpose": reply_to[0] if reply_to else None,
            "reply_target": reply_to[1] if reply_to else None,
            "content_type": about.type if about else None,
            "content_id": about.id if about else None,
            "now": clock.now(),
            "on_page": Channel.PAGE in declared.channels,
            "mail": Channel.MAIL in declared.channels,
            "members": sorted(set(recipients)),
            "once": once,
            "owner": owner,
        },
    ).all()
    _queue_mails(session, [row.member_id for row in written if row.mail_due], type_key, group)
    return len(written)


def _queue_mails(session: Scope, members: Iterable[int], type_key: str, group: str) -> None:
    """Queue the mail of a burst for each member who does not wait for one already."""
    wanted = {
        f"{MAIL_JOB} {session.tenant_id} {member_id} {type_key} {group}": {
            "member_id": member_id,
            "type_key": type_key,
            "group": group,
        }
        for member_id in members
    }
    if wanted:
        enqueue_all(session, MAIL_JOB, wanted, clock.now() + BURST)


def declared_type(session: Scope, type_key: str) -> NotificationType:
    """Give a declared type of notice; raises UnknownNoticeError."""
    declared = session.contract.registry.notifications.get(type_key)
    if declared is None:
        raise UnknownNoticeError(f"no type of notice {type_key} is declared")
    return declared.value


def unread_count(session: Scope, member_id: int) -> int:
    """Count what a member has not read, up to 99; the gate asks the same of every signed-in request."""
    count: int = session.execute(UNREAD, {"member": member_id}).scalar_one()
    return count


def page(session: Scope, member_id: int, before: int | None = None) -> tuple[list[Notice], int | None]:
    """Give a member's notices in view, newest first, and where the next page begins, if there is one."""
    chosen = select(Notice).where(Notice.member_id == member_id, Notice.on_page)
    if before is not None:
        chosen = chosen.where(Notice.id < before)
    found = session.scalars(chosen.order_by(Notice.id.desc()).limit(PAGE + 1)).all()
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return in_view(session, found[:PAGE]), older


def in_view(session: Scope, notices: Sequence[Notice]) -> list[Notice]:
    """Leave out what is about a contribution that the public cannot see now, or whose plugin is gone."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for notice in notices:
        if notice.content_type and notice.content_id is not None:
            wanted[notice.content_type].add(notice.content_id)
    seen: set[tuple[str, int]] = set()
    for content_type, ids in wanted.items():
        declared = session.contract.registry.content_types.get(content_type)
        found = declared.value.find(session, sorted(ids)) if declared else ()
        seen |= {
            (content_type, one.ref.id) for one in found if one.visibility in IN_VIEW and one.is_reachable
        }
    return [one for one in notices if one.content_type is None or (one.content_type, one.content_id) in seen]


def mark_read(session: Scope, member_id: int, notice_id: int | None = None) -> str | None:
    """Mark one notice as read, or all; gives the path of the one, or nothing when there is no such notice."""
    marked = update(Notice).where(Notice.member_id == member_id, Notice.on_page)
    if notice_id is None:
        session.execute(marked.where(Notice.read_at.is_(None)).values(read_at=clock.now()))
        return None
    again = func.coalesce(Notice.read_at, clock.now())
    path: str | None = session.scalar(
        marked.where(Notice.id == notice_id).values(read_at=again).returning(Notice.path)
    )
    return path


def mailed_types(session: Scope, active: frozenset[str]) -> list[NotificationType]:
    """Give the types that come by mail in a town with these plugins, by title."""
    known = session.contract.registry.notifications.values()
    types = [
        one.value for one in known if Channel.MAIL in one.value.channels and is_usable(one.plugin, active)
    ]
    return sorted(types, key=lambda one: str(one.title))


def unwanted(session: Scope, member_id: int) -> frozenset[str]:
    """Name the types that a member wants no mails of."""
    query = select(NoticePreference.type).where(NoticePreference.member_id == member_id)
    return frozenset(session.scalars(query))


def want(session: Scope, member_id: int, type_key: str, *, mails: bool) -> None:
    """Begin or end the mails of a type for a member; safe to repeat. Mails that wait are not sent."""
    own = (NoticePreference.member_id == member_id, NoticePreference.type == type_key)
    if mails:
        session.execute(delete(NoticePreference).where(*own))
        return
    # From the membership, for a letter's link outlives its reader's account.
    known = select(Membership.tenant_id, Membership.id, literal(type_key)).where(Membership.id == member_id)
    row = insert(NoticePreference).from_select(["tenant_id", "member_id", "type"], known)
    session.execute(row.on_conflict_do_nothing(index_elements=["tenant_id", "member_id", "type"]))
    session.execute(
        update(Notice)
        .where(Notice.member_id == member_id, Notice.type == type_key, Notice.mail_due)
        .values(mail_due=False)
    )


def silence(session: Scope, member_id: int, type_key: str, group: str) -> None:
    """End what a group's notices tell a member about, as the type's owner understands it; mails that wait are not sent.

    Raises UnknownNoticeError, and NotFound where the type offers no such end.
    """
    declared = declared_type(session, type_key)
    if declared.silence is None:
        raise NotFound
    declared.silence(session, member_id, group)
    waiting = (Notice.member_id == member_id, Notice.group_key == group, Notice.mail_due)
    session.execute(update(Notice).where(*waiting).values(mail_due=False))


def forget_old(session: Scope) -> None:
    """Delete notices after half a year."""
    session.execute(delete(Notice).where(Notice.created_at < clock.now() - KEPT))
