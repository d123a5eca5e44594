"""What happens in consultation hours, for others to hear."""

from dataclasses import dataclass

from baukasten.plugin import Event


@dataclass(frozen=True, slots=True)
class SlotOpened(Event):
    """Somebody offers a new date."""

    name = "stranger.slot_opened"
    slot_id: int
