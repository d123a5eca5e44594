"""What happens in forums alone; others may listen."""

from dataclasses import dataclass

from baukasten.plugin import Event


@dataclass(frozen=True, slots=True)
class PostsMoved(Event):
    """Staff joined two topics, split one, or moved posts; the operation tells which."""

    name = "forum.posts_moved"
    operation_id: int


EVENTS: list[type[Event]] = [PostsMoved]
