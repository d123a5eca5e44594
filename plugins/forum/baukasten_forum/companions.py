"""What other plugins put under posts, such as a poll: where it stands, and who may add it."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, MemberRef, ModuleRef, Visibility
from baukasten.sdk import Scope, clock, companion_offers, companions_of, here, may, module_by_id
from baukasten_forum import mine
from baukasten_forum.keys import EDIT, MANAGE, POST_TYPE, PostKind
from baukasten_forum.listing import AnyRow
from baukasten_forum.mine import Fact
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.stages.shown import opening

MINUTES, USUAL = "edit_minutes", 60
"""The setting by which authors change what they wrote without a reason, and its default."""
THERE = frozenset(SHOWN) | {Visibility.HELD}


def may_add(session: Session, member: MemberRef, post_id: int) -> bool:
    """Tell whether a member may put something under a post: under a topic's text, its author for a while, and staff."""
    scope = cast("Scope", session)
    columns = (
        Post.number, Post.kept_number, Post.author_id, Post.kind, Post.visibility, Post.created_at, Topic.module_id,
        Topic.next_number,
    )  # fmt: skip
    row = session.execute(
        select(*columns).join(Topic, Topic.id == Post.topic_id).where(Post.id == post_id)
    ).one_or_none()
    if row is None or row.visibility not in THERE or not _begins(row.number or row.kept_number, row):
        return False
    module = module_by_id(session, row.module_id)
    if module is None or row.kind != PostKind.POST:
        return False
    own = row.author_id == member.id and _is_fresh(module, row.created_at.timestamp())
    return may(scope, member, MANAGE, module) or (own and may(scope, member, EDIT, module))


def under(module: ModuleRef, posts: Sequence[int], member: MemberRef | None) -> Mapping[int, Markup]:
    """Give what stands under posts by their ids; nothing is asked where no plugin has such things."""
    refs = [ContentRef(POST_TYPE, post_id) for post_id in posts]
    return {ref.id: html for ref, html in companions_of(here().session, module, member, refs).items()}


def feet(
    module: ModuleRef, topic: AnyRow, facts: Sequence[Fact], member: MemberRef | None
) -> Mapping[int, Markup]:
    """Give those who may the ways to put something under the topic's text; no statement."""
    first = next((one for one in facts if _begins(one.number, topic) and one.kind == PostKind.POST), None)
    if member is None or first is None:
        return {}
    own = first.author_id == member.id and _is_fresh(module, first.created)
    session = here().session
    is_writer = own and may(session, member, EDIT, module) and opening(module, EDIT, topic).open
    if not is_writer and not may(session, member, MANAGE, module):
        return {}
    links = Markup("")
    for offer in companion_offers(session, module, member, ContentRef(POST_TYPE, first.id)):
        links += mine.filled(mine.link(offer.icon, offer.words), str(escape(offer.url)), first.number)
    return {first.id: links} if links else {}


def _begins(number: int | None, topic: Any) -> bool:
    """Tell whether a post is its topic's text; one that waits is, as long as nothing else was ever in view."""
    return number == 1 or (not number and topic.next_number == 1)


def _is_fresh(module: ModuleRef, since: float) -> bool:
    minutes = int(module.settings.get(MINUTES, USUAL))
    return clock.now().timestamp() - since <= minutes * 60


mine.FEET[mine.Foot.ACCOMPANY] = feet
mine.UNDER.append(under)
