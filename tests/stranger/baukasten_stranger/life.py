"""What happens while the plugin serves: what it shows on other pages, judges, and hears."""

import datetime as dt
import re
import threading
from typing import cast

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import (
    ActivityItem,
    Blocker,
    ContentPublished,
    ContentRef,
    Draft,
    Event,
    IncomingMail,
    MemberRef,
    ProjectRef,
    Role,
    Ruling,
    Stat,
    Verdict,
    lazy,
)
from baukasten.sdk import (
    NotFound,
    Scope,
    SignInNeeded,
    module_by_id,
    modules,
    notify,
    read_settings,
    require,
)
from baukasten_stranger import service
from baukasten_stranger.models import Signup, Slot
from baukasten_stranger.views import CREATE

_ = lazy("stranger")
STARTED = threading.Event()
NUMBER = re.compile(r"(?:\d[\s/-]?){6,}")
"""Six digits and more are most likely a telephone."""


def module_ids(session: Session, project: ProjectRef) -> list[int]:
    """Give the modules of this kind in a project."""
    return [module.id for module in modules(session, project.id) if module.kind == "stranger"]


def next_date(session: Session, project: ProjectRef | None) -> Markup | None:
    """Name the next date beside a project."""
    slots = (
        [slot for own in module_ids(session, project) for slot in service.coming(session, own)]
        if project
        else []
    )
    return Markup("<p>{}: {}</p>").format(_("Next date"), slots[0].place) if slots else None


def activity(session: Session, project: ProjectRef, since: dt.datetime, limit: int) -> list[ActivityItem]:
    """Tell of dates offered since then."""
    kept = {module.id: module for module in modules(session, project.id) if module.kind == "stranger"}
    query = select(Slot).where(Slot.module_id.in_(kept), Slot.created_at >= since)
    slots = session.scalars(query.order_by(Slot.created_at.desc()).limit(limit))
    return [
        ActivityItem(slot.place, kept[slot.module_id].path, slot.created_at, "stranger") for slot in slots
    ]


def stats(session: Session, project: ProjectRef) -> list[Stat]:
    """Count the lines in a project."""
    own = module_ids(session, project)
    return [Stat("stranger.signups", _("Sign-ups"), service.count_signups(session, own))] if own else []


def blockers(session: Session, project: ProjectRef) -> list[Blocker]:
    """Keep a project a draft while its consultation hours have no date."""
    empty = [own for own in module_ids(session, project) if not service.coming(session, own)]
    return [Blocker(str(_("The consultation hours have no date yet.")))] if empty else []


def screen(draft: Draft) -> Verdict | None:
    """Hold a line with a telephone number: people forget that everybody reads it."""
    if draft.content_type != service.SIGNUP or not NUMBER.search(draft.body):
        return None
    return Verdict(
        Ruling.HOLD, "stranger_number", _("Your line has a telephone number that everybody could read.")
    )


def veto(session: Session, member: MemberRef | None) -> str | None:
    """Keep out who is not from the town, where the town wishes it."""
    if member is None or member.has(Role.RESIDENT, Role.MODERATOR, Role.ADMIN):
        return None
    if not read_settings(cast("Scope", session), "stranger")["residents_only"]:
        return None
    return _("Only people from the town may sign up here.")


def take(session: Session, member: MemberRef | None, slot_id: int, mail: IncomingMail) -> None:
    """Sign a member up who answers to the letter about a date; raises what the page raises."""
    if member is None:
        raise SignInNeeded
    module_id = session.scalar(select(Slot.module_id).where(Slot.id == slot_id))
    module = module_by_id(session, module_id) if module_id else None
    if module is None:
        raise NotFound
    scope = cast("Scope", session)
    require(scope, member, CREATE, module)
    service.sign_up(scope, member, module, slot_id, mail.text)


def hear(session: Session, event: Event) -> None:
    """Tell the host of a date that somebody comes; a host who comes alone is told nothing."""
    if not isinstance(event, ContentPublished) or event.content_type != service.SIGNUP:
        return
    row = session.execute(
        select(Slot.id, Slot.place, Slot.host_id, Slot.module_id)
        .join(Signup, (Signup.tenant_id == Slot.tenant_id) & (Signup.slot_id == Slot.id))
        .where(Signup.id == event.content_id, Slot.host_id != Signup.member_id)
    ).one_or_none()
    module = module_by_id(session, row.module_id) if row else None
    if row and module:
        notify(
            cast("Scope", session),
            "stranger.signed_up",
            recipients=[row.host_id],
            data={"place": row.place},
            group=f"slot-{row.id}",
            path=module.path,
            about=ContentRef(event.content_type, event.content_id),
        )
