"""What a page of posts shows to one reader alone, put into the posts that all readers share."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef
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

FEET: list[Provider] = []
"""What stands in the foot of posts, in this order; each part of the forum adds its own here."""
BEFORE: list[Provider] = []
"""What stands before a post, such as the line where unread posts begin."""

# Posts hold no comments of their own: the sanitiser drops them from texts, and templates escape the rest.
_MARK = re.compile(r"<!--(\^?\d[\d.]*(?:\.[a-z_]+)?)-->")


def foot(fact: Fact) -> Markup:
    """Give the mark that stands where a post's personal foot will be."""
    return Markup(f"<!--{'.'.join(str(one) for one in fact)}-->")  # noqa: S704 - numbers and a word of a closed list


def before(post_id: int) -> Markup:
    """Give the mark that stands before a post."""
    return Markup(f"<!--^{post_id}-->")  # noqa: S704 - a number


def filled(pattern: Markup, *values: int) -> Markup:
    """Fill numbers into HTML, some fifty times a page; ``Markup`` itself would look for what to escape each time."""
    return Markup(str.format(pattern, *values))  # noqa: S704 - numbers


def fill(module: ModuleRef, topic: AnyRow, posts: Markup, member: MemberRef | None) -> Markup:
    """Give the posts of a page with what is this reader's own in place of all marks."""
    parts = _MARK.split(posts)
    facts = [_read(mark) for mark in parts[1::2] if mark[0] != "^"]
    feet = [provider(module, topic, facts, member) for provider in FEET]
    lines = [provider(module, topic, facts, member) for provider in BEFORE]
    for place in range(1, len(parts), 2):
        mark = parts[place]
        is_before = mark[0] == "^"
        post_id = int(mark[1:] if is_before else mark.partition(".")[0])
        found = lines if is_before else feet
        parts[place] = "".join(one[post_id] for one in found if post_id in one)
    return Markup("".join(parts))  # noqa: S704 - Markup with Markup in it


def _read(mark: str) -> Fact:
    post_id, number, author_id, created, edits, supports, thanks, kind = mark.split(".")
    numbers = (int(author_id), int(created), int(edits), int(supports), int(thanks))
    return Fact(int(post_id), int(number), *numbers, kind)
