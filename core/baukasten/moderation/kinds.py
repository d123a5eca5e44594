"""Kinds of contribution as plugins declare them: found by key, asked for contents, led from state to state."""

from collections.abc import Iterable, Sequence

from baukasten.db.session import Scope
from baukasten.errors import Conflict, NotFound
from baukasten.jobs.outbox import publish as announce
from baukasten.moderation.screening import trust
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.events import ContentHidden, ContentPublished, ContentRestored
from baukasten.plugin.refs import Content, ContentRef, Visibility
from baukasten.plugin.validity import is_usable
from baukasten.tenants import plugins

IN_VIEW = frozenset({Visibility.PUBLISHED, Visibility.FOLDED})


def content_type(session: Scope, key: str) -> ContentType:
    """Give a declared kind of contribution. Raises NotFound, also when its plugin is not active here."""
    answer = session.contract.registry.content_types.get(key)
    if answer is None or not is_usable(answer.plugin, plugins.active(session)):
        raise NotFound
    return answer.value


def judged_types(session: Scope) -> list[str]:
    """Name the kinds of contribution whose plugin works in the session's town; others wait until it does again."""
    active = plugins.active(session)
    types = session.contract.registry.content_types.items()
    return [key for key, answer in types if is_usable(answer.plugin, active)]


def find(session: Scope, ref: ContentRef) -> Content:
    """Give what the core knows of one contribution, whatever its visibility. Raises NotFound."""
    found: Sequence[Content] = content_type(session, ref.type).find(session, [ref.id])
    if not found:
        raise NotFound
    return found[0]


def find_all(session: Scope, refs: Iterable[ContentRef]) -> dict[ContentRef, Content]:
    """Give what exists of some contributions, in as many statements as they are of kinds."""
    by_type: dict[str, list[int]] = {}
    for ref in refs:
        by_type.setdefault(ref.type, []).append(ref.id)
    found: dict[ContentRef, Content] = {}
    for key, numbers in by_type.items():
        try:
            contents = content_type(session, key).find(session, numbers)
        except NotFound:
            continue  # the town switched the plugin off; its cases wait until it is on again
        found |= {content.ref: content for content in contents}
    return found


def lead(session: Scope, content: Content, goal: Visibility) -> None:
    """Bring a contribution into a state by its kind's own step; raises Conflict where there is none."""
    kind, number = content_type(session, content.ref.type), content.ref.id
    if content.visibility is goal:
        return
    if goal is Visibility.PUBLISHED:
        step = kind.publish if content.visibility is Visibility.HELD else kind.restore
    elif content.visibility is Visibility.HELD and goal is Visibility.REMOVED:
        step = kind.reject
    else:
        steps = {
            Visibility.FOLDED: kind.fold,
            Visibility.HIDDEN: kind.hide,
            Visibility.REMOVED: kind.remove,
            # What nobody can hold again is better out of view than in it.
            Visibility.HELD: kind.hold or kind.hide,
        }
        step = steps.get(goal)  # type: ignore[assignment]
    if step is None:
        raise Conflict
    step(session, number)


def announce_change(session: Scope, content: Content, goal: Visibility) -> None:
    """Tell everybody who listens that a contribution came into view, left it, or came back."""
    if content.visibility is goal:
        return
    town, ref = session.tenant_id or 0, content.ref
    trust.changed(session, ref, content.visibility, goal)
    was, is_ = content.visibility in IN_VIEW, goal in IN_VIEW
    if is_ and content.visibility is Visibility.HELD:
        announce(session, ContentPublished(town, ref.type, ref.id))
    elif is_:
        announce(session, ContentRestored(town, ref.type, ref.id))
    elif was:
        announce(session, ContentHidden(town, ref.type, ref.id))
