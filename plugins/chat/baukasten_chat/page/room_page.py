"""The page of a room as a whole: its frame, its parts, its log, and the form or the reason for none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import (
    Form,
    SafeHtml,
    Scope,
    here,
    may,
    module_url,
    people_in,
    render,
    sign_in_url,
    site_url,
    translator,
)
from baukasten_chat.crumbs import crumbs
from baukasten_chat.hours import closing, rules
from baukasten_chat.hours import shown as hours_shown
from baukasten_chat.keys import EDIT, REACT, ROOM, SAY
from baukasten_chat.messages import history
from baukasten_chat.page import forms, own, shown, stretch, words
from baukasten_chat.page.kept import PACE
from baukasten_chat.questions import shown as questions_shown
from baukasten_chat.speakers import shown as speakers_shown

_ = lazy("chat")


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do at this moment."""

    say: bool
    react: bool
    edit: bool
    for_town: bool
    """Whether the reader may choose to speak for the town."""
    closed: str
    """Why this reader writes nothing now; empty for who may, and for a guest who could after signing in."""


def show(
    module: ModuleRef,
    room: stretch.RoomRow,
    form: Form | None = None,
    *,
    where: stretch.Where = stretch.NOW,
    reply_to: int = 0,
    order: str = "",
) -> str:
    """Give the page with a stretch of messages; ``form`` is one that comes back with what was typed.

    ``reply_to`` is the number of a message, ``order`` the one that the questions are asked for in.
    """
    place = here()
    session, member = place.session, place.member
    found = stretch.load(session, room, where)
    mine = own.of(session, member, room.id, found.messages, waiting=where.is_now)
    hours = hours_shown.part(session, module, room, member)
    rights = _rights(session, member, module, hours.now)
    answered = _answered(session, room, found, reply_to)
    if form is None and rights.say:
        values = {"reply_to": str(answered["number"])} if answered else {}
        form = forms.say_form(module, for_town=rights.for_town, values=values)
    index = module_url(module, "index")
    return render(
        "chat/room.html",
        hours=hours,
        announcement=hours_shown.announcement(room),
        questions=questions_shown.part(session, module, room, member, hours.now, order=order),
        speakers=speakers_shown.part(session, module, room, member, hours=hours.now, back="index"),
        title=module.title,
        crumbs=crumbs(module),
        intro=module.settings.get("intro", ""),
        messages=list(shown.messages(module, found.messages, mine, member)),
        waiting=[{**one, "html": SafeHtml(one["html"])} for one in mine.waiting],
        blank=shown.blank(module),
        older_url=f"{index}?vor={found.older}#ende" if found.older else "",
        newer_url=f"{index}?nach={found.newer}" if found.newer else "",
        # With the version, so that a browser loads the page anew instead of scrolling.
        now_url=f"{index}?stand={room.version}#ende",
        is_now=where.is_now,
        form=form,
        answered=answered,
        rights=rights,
        count=people_in(session, ROOM, room.id),
        live=_live(module, room, member),
        words=words.words(),
        desk_url=module_url(module, "desk") if rights.for_town else "",
        sign_in_url=sign_in_url(index) if place.identity is None and not rights.closed else "",
        rules_url=site_url("/regeln"),
    )


def _rights(session: Scope, member: MemberRef | None, module: ModuleRef, hours: rules.Hours) -> Rights:
    allowed = rules.ALLOWED[hours.phase]
    steers, closed = closing.steers(session, module, member), closing.why(session, module, member, hours, SAY)

    def can(permission: str) -> bool:
        here_too = permission in allowed or steers
        return member is not None and here_too and may(session, member, permission, module)

    return Rights(
        say=member is not None and not closed,
        react=can(REACT),
        edit=can(EDIT),
        for_town=steers,
        closed=closed,
    )


def _answered(
    session: Scope, room: stretch.RoomRow, found: stretch.Stretch, number: int
) -> Mapping[str, Any] | None:
    """Give the message that the reader wants to reply to; nothing for one that is not in view."""
    if not 0 < number <= room.number:
        return None
    near = [one for one in found.messages if one["number"] == number]
    one = next(iter(near or history.page(session, room.id, after=number - 1, limit=1)), None)
    return one if one is not None and one["number"] == number and "gone" not in one else None


def _live(module: ModuleRef, room: stretch.RoomRow, member: MemberRef | None) -> dict[str, Any]:
    """Give what the scripts begin with."""
    index = module_url(module, "index")
    return {
        "room": room.id,
        "module": module.id,
        "version": room.version,
        "number": room.number,
        "since": f"{index}seit/",
        "history": f"{index}verlauf",
        "message": f"{index}nachricht",
        "poll": PACE.seconds(),
        "zone": str(translator().formats.zone),
        "me": member.display_name if member is not None else "",
    }
