"""Topics of a list: what people choose between, as staff sets it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, Scope, clock, normalise, record, require, slug
from baukasten_newsletter.keys import SETUP, SubscriptionState, TopicKind
from baukasten_newsletter.models import Subscription, Topic
from baukasten_newsletter.people.values import name

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}
MAX_TITLE, MAX_DESCRIPTION = 80, 300
MOST = 50
"""Nobody chooses between more."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a topic says and brings."""

    title: str
    description: str = ""
    kind: TopicKind = TopicKind.LETTERS
    project_id: int | None = None
    """Of digests: the one project whose news they bring; nothing for all."""


def place(session: Session, module: ModuleRef) -> None:
    """Give a new list its first topic, named like the list, so that people can subscribe at once."""
    title = module.title[:MAX_TITLE]
    session.add(Topic(module_id=module.id, slug=slug(title) or "alles", title=title, kind=TopicKind.LETTERS))
    session.flush()


def listed(session: Session, module_id: int, *, archived: bool = False) -> Sequence[Any]:
    """Give a list's topics in their order, those that can be chosen or also those of before; one statement."""
    query = select(*Topic.__table__.c).where(Topic.module_id == module_id)
    if not archived:
        query = query.where(Topic.archived_at.is_(None))
    return session.execute(query.order_by(Topic.archived_at.isnot(None), Topic.position, Topic.id)).all()


def of_town(session: Session) -> Sequence[Any]:
    """Give the topics of all lists of the town that can be chosen; one statement."""
    query = select(*Topic.__table__.c).where(Topic.archived_at.is_(None))
    return session.execute(query.order_by(Topic.module_id, Topic.position, Topic.id)).all()


def sizes(session: Session, module_id: int) -> dict[int, int]:
    """Count who has confirmed each topic of a list; one statement."""
    query = select(Subscription.topic_id, func.count()).join(Topic, Topic.id == Subscription.topic_id)
    active = query.where(Topic.module_id == module_id, Subscription.state == SubscriptionState.ACTIVE)
    return {row[0]: row[1] for row in session.execute(active.group_by(Subscription.topic_id))}


def find(session: Session, module_id: int, topic_id: int) -> Any:
    """Give a topic of a list; raises NotFound."""
    query = select(*Topic.__table__.c).where(Topic.module_id == module_id, Topic.id == topic_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def add(session: Scope, actor: MemberRef, module: ModuleRef, values: Values) -> int:
    """Add a topic at the end. Raises Denied, Invalid, and Conflict where there are too many."""
    require(session, actor, SETUP, module)
    known = listed(session, module.id, archived=True)
    if len(known) >= MOST:
        raise Conflict(_("There are as many topics as one can choose between. Change one of them."))
    position = max((row.position for row in known), default=-1) + 1
    topic = Topic(
        module_id=module.id,
        slug=_free_slug(values.title, {row.slug for row in known}),
        position=position,
        **_checked(values),
    )
    session.add(topic)
    session.flush()
    record(session, actor, "newsletter.topic.add", f"topic:{topic.id}", kind=topic.kind)
    return topic.id


def change(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, values: Values) -> None:
    """Change what a topic says and brings; who chose it keeps it. Raises Denied, NotFound and Invalid."""
    require(session, actor, SETUP, module)
    find(session, module.id, topic_id)
    _set(session, topic_id, **_checked(values))
    record(session, actor, "newsletter.topic.change", f"topic:{topic_id}", kind=values.kind)


def move(session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, up: bool) -> None:
    """Put a topic one place up or down; at the end nothing happens. Raises Denied and NotFound."""
    require(session, actor, SETUP, module)
    find(session, module.id, topic_id)
    order = [row.id for row in listed(session, module.id)]
    if topic_id in order:
        at = order.index(topic_id)
        to = min(max(at + (-1 if up else 1), 0), len(order) - 1)
        order.insert(to, order.pop(at))
    for position, one in enumerate(order):
        _set(session, one, position=position)
    record(session, actor, "newsletter.topic.move", f"topic:{topic_id}", up=up)


def archive(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, back: bool = False
) -> None:
    """Let nobody choose a topic any more, or again. Raises Denied, NotFound, and Conflict for the last one."""
    require(session, actor, SETUP, module)
    row = find(session, module.id, topic_id)
    others = [one for one in listed(session, module.id) if one.id != topic_id]
    if not back and not others:
        raise Conflict(_("A newsletter needs one topic at least. Add another one first."))
    if back is (row.archived_at is None):
        return
    _set(session, topic_id, archived_at=None if back else clock.now())
    deed = "newsletter.topic.restore" if back else "newsletter.topic.archive"
    record(session, actor, deed, f"topic:{topic_id}")


def _checked(values: Values) -> dict[str, Any]:
    title = name(values.title)
    if not title:
        raise Invalid({"title": _("Give the topic a name.")})
    digest = values.kind is TopicKind.DIGEST
    return {
        "title": title[:MAX_TITLE],
        "description": normalise(values.description).strip()[:MAX_DESCRIPTION],
        "kind": values.kind.value,
        "project_id": values.project_id if digest else None,
    }


def _free_slug(title: str, taken: set[str]) -> str:
    begin = slug(title) or "thema"
    return next(one for n in range(1, MOST + 2) if (one := begin if n == 1 else f"{begin}-{n}") not in taken)


def _set(session: Session, topic_id: int, **values: Any) -> None:
    changed = update(Topic).where(Topic.id == topic_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
