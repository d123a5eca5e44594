"""What stands on a page in place of posts that staff moved to another topic: how many, and where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, module_url
from baukasten_forum.addresses import ADDRESS, POST
from baukasten_forum.listing import TOPIC, AnyRow
from baukasten_forum.models import SHOWN

END = 0
"""Stands for "behind the last post of the page"."""
MOVED = (
    select(ADDRESS.c.number, TOPIC.c.id, TOPIC.c.slug, TOPIC.c.title)
    .join(POST, (POST.c.tenant_id == ADDRESS.c.tenant_id) & (POST.c.id == ADDRESS.c.post_id))
    .join(TOPIC, (TOPIC.c.tenant_id == POST.c.tenant_id) & (TOPIC.c.id == POST.c.topic_id))
    .where(
        ADDRESS.c.topic_id == bindparam("topic"),
        ADDRESS.c.number > bindparam("after"),
        ADDRESS.c.number <= bindparam("last"),
        TOPIC.c.module_id == bindparam("module"),
        TOPIC.c.visibility.in_(SHOWN),
        TOPIC.c.id != bindparam("topic"),
    )
    .order_by(ADDRESS.c.number)
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Neighbouring posts that went the same way."""

    numbers: str
    """Such as "#7" or "#7–#9"."""
    count: int
    title: str
    url: str


def of(
    session: Scope, module: ModuleRef, topic: AnyRow, after: int, last: int, numbers: Sequence[int]
) -> Mapping[int, Sequence[Gap]]:
    """Give a page's gaps by the number of the post that they stand before, END behind the last one.

    Asks the database only where numbers are missing.
    """
    if len(numbers) >= min(last, topic.next_number - 1) - after:
        return {}
    values = {"topic": topic.id, "module": module.id, "after": after, "last": last}
    groups: list[list[AnyRow]] = []
    for row in session.execute(MOVED, values):
        known = groups[-1][-1] if groups else None
        if known is not None and known.id == row.id and known.number == row.number - 1:
            groups[-1].append(row)
        else:
            groups.append([row])
    found: dict[int, list[Gap]] = {}
    for group in groups:
        behind = next((number for number in numbers if number > group[-1].number), END)
        found.setdefault(behind, []).append(_gap(module, group))
    return found


def _gap(module: ModuleRef, group: Sequence[AnyRow]) -> Gap:
    first, last = group[0], group[-1]
    named = f"#{first.number}" if first is last else f"#{first.number}–#{last.number}"
    return Gap(
        named, len(group), first.title, module_url(module, "topic", topic_id=first.id, slug=first.slug)
    )
