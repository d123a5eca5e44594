"""What the author of a post reads beside it: what it waits for, what to change, why it was hidden, how to object."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef, Visibility
from baukasten.sdk import here, module_url, part, site_url, told
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.listing import AnyRow

ASK = "ask"
"""The measure that waits for the author."""
CHANGEABLE = (Visibility.HELD, Visibility.FOLDED)


class Judged(NamedTuple):
    """A post that waits or that moderators decided about."""

    id: int
    number: int
    """0 while it waits."""
    author_id: int
    state: str
    """Its visibility."""


def beside(
    module: ModuleRef, topic: AnyRow, posts: Sequence[Judged], member: MemberRef
) -> Mapping[int, Markup]:
    """Give the words beside an author's own posts; one statement."""
    index = module_url(module, "index")
    decided = told(here().session, member, POST_TYPE, [post.id for post in posts])
    found: dict[int, Markup] = {}
    for post in posts:
        one = decided.get(post.id)
        if one is None:
            continue
        is_asked = one.measure == ASK and post.state in CHANGEABLE
        own = f"{topic.id}/{post.number}" if post.number else f"beitrag/{post.id}"
        reasons = site_url(f"/konto/entscheidungen/{one.decision_id}") if one.decision_id else ""
        found[post.id] = part(
            "forum/told.html",
            told=one,
            asked=is_asked and not one.waits,
            edit_url=f"{index}{own}/bearbeiten" if is_asked and not one.waits else "",
            reasons_url=reasons,
        )
    return found
