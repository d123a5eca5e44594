"""What a page of posts shows to one reader alone, put into the posts that all readers share."""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from markupsafe import Markup

from baukasten.plugin import LazyText, MemberRef, ModuleRef
from baukasten.sdk import kept_part
from baukasten_forum import told
from baukasten_forum.listing import AnyRow


class Fact(NamedTuple):
    """What providers may know of a post without asking the database."""

    id: int
    number: int
    """0 while the post is being checked."""
    author_id: int
    """0 where nobody of the town wrote it."""
    created: int
    """Seconds since 1970."""
    edits: int
    supports: int
    thanks: int
    kind: str


Provider = Callable[[ModuleRef, AnyRow, Sequence[Fact], MemberRef | None], Mapping[int, Markup]]
"""Gives HTML by post id; at most one statement for a whole page, none for guests (``None``)."""


class Foot(IntEnum):
    """The order in the foot of a post: what everybody may do before what few may; reporting ends it."""

    REACT = 1
    WRITE = 2
    ACCEPT = 3
    ANSWER = 4
    ACCOMPANY = 5


FEET: dict[Foot, Provider] = {}
"""What stands in the foot of posts; each part of the forum puts its own here."""
BEFORE: list[Provider] = []
"""What stands before a post, such as the line where unread posts begin."""

Beneath = Callable[[ModuleRef, Sequence[int], MemberRef | None], Mapping[int, Markup]]
"""Gives HTML by post id; for guests the same each time, since their pages are kept."""
UNDER: list[Beneath] = []
"""What stands under the text of posts that are not the forum's own, such as a poll."""

# Posts hold no comments of their own: the sanitiser drops them from texts, and templates escape the rest.
_MARK = re.compile(r"<!--([\^!+]?\d[\d.]*(?:\.[a-z_]+)?)-->")
_BEFORE, _JUDGED, _UNDER = "^", "!", "+"


def foot(fact: Fact) -> Markup:
    """Give the mark that stands where a post's personal foot will be."""
    return Markup(f"<!--{'.'.join(str(one) for one in fact)}-->")  # noqa: S704 - numbers and a word of a closed list


def before(post_id: int) -> Markup:
    """Give the mark that stands before a post."""
    return Markup(f"<!--^{post_id}-->")  # noqa: S704 - a number


def under(post_id: int) -> Markup:
    """Give the mark that stands where other plugins put something under a post."""
    return Markup(f"<!--+{post_id}-->")  # noqa: S704 - a number


def judged(one: told.Judged) -> Markup:
    """Give the mark that stands where the author of a post is told what was decided about it."""
    return Markup(f"<!--!{'.'.join(str(value) for value in one)}-->")  # noqa: S704 - numbers and a word of a closed list


def link(icon: str, word: LazyText | str, *, main: bool = False) -> Markup:
    """Give a link in the foot of posts, with places for its address and the post's number; see ``filled``.

    Only the ``main`` ones keep their word where there is little room.
    """
    key, values = ("forum", "foot", icon, main), {"icon": icon, "word": word, "main": main}
    return kept_part((*key, str(word)), "forum/foot_link.html", lambda: values)


def filled(pattern: Markup, address: str, number: int) -> Markup:
    """Fill in what is escaped already, some fifty times a page; ``Markup`` would look for what to escape each time."""
    return Markup(str.format(pattern, address, number))  # noqa: S704 - an escaped address and a number


def fill(module: ModuleRef, topic: AnyRow, posts: Markup, member: MemberRef | None) -> Markup:
    """Give the posts of a page with what is this reader's own in place of all marks."""
    parts = _MARK.split(posts)
    marks = parts[1::2]
    facts = [_read(mark) for mark in marks if mark[0].isdigit()]
    feet = [FEET[place](module, topic, facts, member) for place in sorted(FEET)]
    lines = [provider(module, topic, facts, member) for provider in BEFORE]
    beneath = [int(mark[1:]) for mark in marks if mark[0] == _UNDER]
    things = [give(module, beneath, member) for give in UNDER]
    judgements = _told(module, topic, [mark for mark in marks if mark[0] == _JUDGED], member)
    for place in range(1, len(parts), 2):
        mark = parts[place]
        found = {_BEFORE: lines, _JUDGED: judgements, _UNDER: things}.get(mark[0], feet)
        post_id = int(mark.lstrip("^!+").partition(".")[0])
        parts[place] = "".join(one[post_id] for one in found if post_id in one)
    return Markup("".join(parts))  # noqa: S704 - Markup with Markup in it


def _told(
    module: ModuleRef, topic: AnyRow, marks: Sequence[str], member: MemberRef | None
) -> Sequence[Mapping[int, Markup]]:
    if member is None or not marks:
        return ()
    read = (mark[1:].split(".") for mark in marks)
    posts = [told.Judged(int(one), int(number), int(author), state) for one, number, author, state in read]
    own = [one for one in posts if one.author_id == member.id]
    return [told.beside(module, topic, own, member)] if own else ()


def _read(mark: str) -> Fact:
    post_id, number, author_id, created, edits, supports, thanks, kind = mark.split(".")
    numbers = (int(author_id), int(created), int(edits), int(supports), int(thanks))
    return Fact(int(post_id), int(number), *numbers, kind)
