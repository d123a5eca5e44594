"""Where a contribution belongs, in words: its author's place, the plan and the passage."""

from baukasten.plugin import lazy
from baukasten_forum.listing import AnyRow

_ = lazy("forum")


def place_of(topic: AnyRow) -> str:
    """Say what place or passage a topic is about, as far as its author said; needs ``place``, ``plan``, ``passage``."""
    parts = [topic.place, topic.plan or ""]
    if topic.passage:
        parts.append(str(_("passage %(number)s")) % {"number": topic.passage})
    return ", ".join(filter(None, parts))
