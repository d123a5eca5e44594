"""Kinds of contribution as plugins declare them: found by key, asked for contents, led from state to state."""

from collections.abc import Iterable, Sequence

from baukasten.db.session import Scope
from baukasten.errors import Conflict, NotFound
from baukasten.jobs.outbox import publish_all as announce_all
from baukasten.moderation.screening import trust
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.events import ContentHidden, ContentPublished, ContentRestored, Event
from baukasten.plugin.refs import Content, ContentRef, Original, Visibility
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
    found: dict[ContentRef, Content] = {}
    for key, numbers in _by_type(refs).items():
        try:
            contents = content_type(session, key).find(session, numbers)
        except NotFound:
            continue  # the town switched the plugin off; its cases wait until it is on again
        found |= {content.ref: content for content in contents}
    return found


def originals(session: Scope, refs: Iterable[ContentRef]) -> dict[ContentRef, Original]:
    """Give what the authors of some contributions typed, where their kinds can say it; one by one where they must."""
    found: dict[ContentRef, Original] = {}
    for key, numbers in _by_type(refs).items():
        kind = content_type(session, key)
        if kind.originals is not None:
            found |= {
                ContentRef(key, number): one for number, one in kind.originals(session, numbers).items()
            }
        elif kind.detail is not None:
            wholes = {number: kind.detail(session, number) for number in numbers}
            found |= {
                ContentRef(key, number): Original(whole.text, whole.label)
                for number, whole in wholes.items()
                if whole is not None
            }
    return found


def _by_type(refs: Iterable[ContentRef]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for ref in refs:
        numbers.setdefault(ref.type, []).append(ref.id)
    return numbers


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
    announce_changes(session, [(content, goal)])


def announce_changes(session: Scope, moved: Iterable[tuple[Content, Visibility]]) -> None:
    """Tell the same of many contributions and the states that they were led to."""
    town, events = session.tenant_id or 0, []
    moved = [(content, goal) for content, goal in moved if content.visibility is not goal]
    trust.changed(session, ((content.ref, content.visibility, goal) for content, goal in moved))
    for content, goal in moved:
        if (event := _event(town, content, goal)) is not None:
            events.append(event)
    announce_all(session, events)


def _event(town: int, content: Content, goal: Visibility) -> Event | None:
    was, is_, ref = content.visibility in IN_VIEW, goal in IN_VIEW, content.ref
    if is_ and content.visibility is Visibility.HELD:
        return ContentPublished(town, ref.type, ref.id)
    if is_:
        return ContentRestored(town, ref.type, ref.id)
    return ContentHidden(town, ref.type, ref.id) if was else None
