"""What a message said before: for whoever wrote it, and for those who moderate."""

import datetime as dt
import itertools
import re
from dataclasses import dataclass

from sqlalchemy import select

from baukasten.plugin import MemberRef, ModuleRef, Visibility
from baukasten.sdk import NotFound, Scope, may
from baukasten_chat.keys import HELD
from baukasten_chat.models import SHOWN, Message, Room, Wording

_WORDS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of a text: its begin and its end that stayed, and what went or came between them."""

    before: str
    gone: str
    new: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One wording in the order in which they were written, counted from 1."""

    number: int
    at: dt.datetime
    by_staff: bool
    """Whether the moderators put it there."""
    text: Difference
    """Held against the wording before; of the first one all is ``before``."""


@dataclass(frozen=True, slots=True)
class History:
    """A message's wordings, the newest last."""

    message_number: int | None
    versions: list[Version]


def history(session: Scope, reader: MemberRef, module: ModuleRef, message_id: int) -> History:
    """Give the wordings of a message; two statements. Raises NotFound, also for whom they are not for."""
    states = (*SHOWN, Visibility.HELD, Visibility.HIDDEN, Visibility.REMOVED)
    columns = (Message.number, Message.author_id, Message.body, Message.edited_at, Message.created_at)
    query = select(*columns).join(Room, Room.id == Message.room_id)
    known = (Message.id == message_id, Room.module_id == module.id, Message.visibility.in_(states))
    row = session.execute(query.where(*known)).one_or_none()
    if row is None or not (row.author_id == reader.id or may(session, reader, HELD, module)):
        raise NotFound
    wording = (Wording.body, Wording.created_at, Wording.by_staff)
    earlier = select(*wording).where(Wording.message_id == message_id).order_by(Wording.id)
    old = session.execute(earlier).all()
    texts = [*(one.body for one in old), row.body]
    moments = [*(one.created_at for one in old), row.edited_at or row.created_at]
    # Each earlier wording knows who replaced it.
    staff = [False, *(one.by_staff for one in old)]
    differences = [Difference(texts[0], "", "", "")]
    differences += [between(one, other) for one, other in itertools.pairwise(texts)]
    steps = zip(moments, staff, differences, strict=True)
    return History(row.number, [Version(number, *step) for number, step in enumerate(steps, start=1)])


def between(old: str, new: str) -> Difference:
    """Give what one wording put in place of what, in whole words; in time that their length bounds."""
    one, other = _WORDS.findall(old), _WORDS.findall(new)
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    return Difference(
        before="".join(one[:start]),
        gone="".join(one[start : len(one) - end]),
        new="".join(other[start : len(other) - end]),
        after="".join(one[len(one) - end :]),
    )


def _common(one: list[str], other: list[str]) -> int:
    """Count the words that two lists begin with."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))
