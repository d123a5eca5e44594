"""Contributions that came on paper or by telephone: entered by staff, under the name of who gave them."""

import datetime as dt
from dataclasses import dataclass

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Invalid, Scope, clock, record, require, translator
from baukasten_forum import service
from baukasten_forum.keys import ENTER, Via
from baukasten_forum.stages import kinds

_ = lazy("forum")
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Letter:
    """What stood in a letter, and who may be named; without a name it is shown as a letter."""

    body: str
    title: str = ""
    name: str = ""
    received_on: dt.date | None = None
    topic_id: int | None = None
    """The topic that it replies to; none for a contribution of its own."""
    category_id: int | None = None


def enter(
    session: Scope, actor: MemberRef, module: ModuleRef, letter: Letter, nonce: str = ""
) -> service.Written:
    """Enter a letter under its author's name, at the day it came; the log says who typed it.

    A state in which people may no longer write is no obstacle: a letter that came in time counts.
    Raises Denied, NotFound, Closed for an archive, and Invalid.
    """
    require(session, actor, ENTER, module)
    way = service.Way(nonce, via=Via.LETTER, byline=_checked(letter), received_at=_noon(letter.received_on))
    if letter.topic_id is None:
        about = service.About(
            service.checked_title(letter.title), kinds.checked(module, None), letter.category_id
        )
        written = service.begin(session, actor, module, about, letter.body, way)
    else:
        written = service.add(session, actor, module, letter.topic_id, letter.body, way)
    record(session, actor, "forum.letter.enter", f"post:{written.post_id}", topic=written.topic_id)
    return written


def _checked(letter: Letter) -> str:
    name = " ".join(letter.name.split())
    if len(name) > MAX_NAME:
        raise Invalid({"name": _("Please give a name of at most 80 characters.")})
    today = translator().formats.local(clock.now()).date()
    if letter.received_on is not None and letter.received_on > today:
        raise Invalid({"received_on": _("This day has not come yet.")})
    return name


def _noon(day: dt.date | None) -> dt.datetime | None:
    """Give a moment of the day in the town's zone, for a letter has no hour; of today, the present one."""
    now, zone = clock.now(), translator().formats.zone
    if day is None or day == now.astimezone(zone).date():
        return None
    return dt.datetime.combine(day, dt.time(12), zone).astimezone(dt.UTC)
