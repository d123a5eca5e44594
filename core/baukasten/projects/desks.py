"""The pages of a module for its staff as one navigation, of which each person sees the parts that are hers."""

from collections.abc import Iterable
from dataclasses import dataclass

from baukasten.access.policy import may
from baukasten.plugin.refs import ModuleRef
from baukasten.plugin.text import LazyText
from baukasten.projects.links import module_url
from baukasten.web.here import here

DeskPart = tuple[str, str, LazyText]
"""The endpoint on which a part begins, the permission that it takes, and what it is called."""


@dataclass(frozen=True, slots=True)
class DeskTab:
    """A part of the desk, as the navigation shows it."""

    label: str
    url: str
    current: bool


def desk_tabs(module: ModuleRef, parts: Iterable[DeskPart], current: str = "") -> list[DeskTab]:
    """Give the parts that whoever asks may see; ``current`` is the endpoint of the shown one. Views only."""
    session, member = here().session, here().member
    return [
        DeskTab(str(label), module_url(module, endpoint), endpoint == current)
        for endpoint, permission, label in parts
        if may(session, member, permission, module)
    ]
