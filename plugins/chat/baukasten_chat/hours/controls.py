"""What moderators set while a room is open: end, pace, announcement; a part of their desk."""

from dataclasses import dataclass
from typing import Any

from baukasten.plugin import ModuleRef
from baukasten.sdk import Form, Scope, clock, module_url, translator
from baukasten_chat.hours import banner, forms, rules, wording
from baukasten_chat.hours.plans import OVERRUN
from baukasten_chat.keys import Phase
from baukasten_chat.limits import pace, wishes


@dataclass(frozen=True, slots=True)
class Controls:
    """What the template ``chat/settings.html`` shows, as ``controls``."""

    phase: str
    when: str
    """The opening that counts, from when to when; empty for a room without hours."""
    ends: str
    """Its end on the clock."""
    shut: bool
    closed_since: str
    can_extend: bool
    minutes: int
    busy: bool
    announcement: banner.Announcement
    slow: Form
    announce: Form
    extend_url: str
    close_url: str
    reopen_url: str
    unannounce_url: str
    dates_url: str
    back: str
    """The page that buttons lead back to; empty for the controls' own."""


def part(
    session: Scope,
    module: ModuleRef,
    room: Any,
    *,
    slow: Form | None = None,
    announce: Form | None = None,
    back: str = "desk",
) -> Controls:
    """Give the controls of a room; one statement. Forms that were refused are shown as they were sent."""
    at = clock.now()
    hours = rules.now_in(session, module, room, at)
    window = hours.window
    setting = wishes.of(module).slow_seconds
    return Controls(
        phase=hours.phase.value,
        when=wording.stretch(window.opens_at, rules.end_of(window)) if window else "",
        ends=translator().time(rules.end_of(window)) if window else "",
        shut=hours.shut,
        closed_since=wording.moment(room.closed_at) if hours.shut else "",
        can_extend=not hours.shut and hours.phase in (Phase.RUNNING, Phase.GRACE),
        minutes=OVERRUN,
        busy=pace.is_busy(room, at),
        announcement=banner.part(room),
        slow=slow or forms.slow_form(module_url(module, "set_pause"), room.slow_seconds, setting),
        announce=announce or forms.announce_form(module_url(module, "announce"), room.announcement),
        extend_url=module_url(module, "extend"),
        close_url=module_url(module, "close_room"),
        reopen_url=module_url(module, "reopen_room"),
        unannounce_url=module_url(module, "unannounce"),
        dates_url=module_url(module, "dates"),
        back=back,
    )
