"""What staff alone sees on the page of a topic: the way to its tools and notes."""

from markupsafe import Markup

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import here, may, module_url, part
from baukasten_forum.keys import MANAGE
from baukasten_forum.listing import AnyRow
from baukasten_forum.staff import notes


def box(module: ModuleRef, topic: AnyRow, member: MemberRef | None) -> Markup:
    """Give the box with staff's tools; nothing for others, and no statement either."""
    place = here()
    if member is None or not may(place.session, member, MANAGE, module):
        return Markup("")
    return part(
        "forum/staff/box.html",
        notes=notes.count(place.session, topic.id),
        note_url=module_url(module, "note", topic_id=topic.id),
        state_url=module_url(module, "topic_state", topic_id=topic.id),
        merge_url=module_url(module, "merge", topic_id=topic.id),
        split_url=module_url(module, "split", topic_id=topic.id),
        move_url=module_url(module, "move", topic_id=topic.id),
        tidy_url=module_url(module, "tidy"),
    )
