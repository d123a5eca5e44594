"""Plans and the place of remarks from a portable description."""

from collections.abc import Mapping, Sequence
from typing import Any

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, normalise
from baukasten_forum.keys import TopicKind
from baukasten_forum.models import Plan, Topic
from baukasten_forum.plans import passages, reading


def plans(session: Scope, module: ModuleRef, entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Plan]:
    """Store plans with ``title``, ``description`` and ``text``; gives them by their titles."""
    found = {}
    for position, entry in enumerate(entries, start=1):
        text = normalise(entry["text"]).strip()
        found[entry["title"]] = Plan(
            module_id=module.id,
            kind=reading.TEXT,
            title=entry["title"],
            description=entry.get("description", ""),
            body=text,
            passages=passages.passages(text),
            position=position,
        )
    session.add_all(found.values())
    session.flush()
    return found


def place(topic: Topic, entry: Mapping[str, Any], known: Mapping[str, Plan]) -> None:
    """Make a topic that names a ``plan`` a remark on it, on a ``passage`` or on the whole."""
    if "plan" not in entry:
        return
    plan, number = known[entry["plan"]], entry.get("passage")
    topic.kind, topic.plan_id, topic.passage = TopicKind.REMARK, plan.id, number
    topic.place = passages.quote(plan.passages[number - 1]) if number else ""
