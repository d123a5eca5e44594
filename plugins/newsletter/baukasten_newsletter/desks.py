"""The pages of a list for its staff, as the one navigation that they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import here, may, module_url
from baukasten_newsletter.keys import PEOPLE, SETUP, SIZE, WRITE

_ = lazy("newsletter")

ISSUES, TOPICS, WHO, RETURNS, FIGURES = "issues", "topics_page", "people_page", "returns", "figures"
"""Endpoints on which the parts of the desk begin."""
PARTS: Sequence[tuple[str, str, LazyText]] = (
    (ISSUES, WRITE, _("Issues")),
    (TOPICS, SETUP, _("Topics")),
    (WHO, PEOPLE, _("People")),
    (RETURNS, PEOPLE, _("Returns")),
    (FIGURES, SIZE, _("Figures")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the desk, as the navigation shows it."""

    label: str
    url: str
    current: bool


def values(module: ModuleRef, current: str) -> dict[str, Any]:
    """Give what ``newsletter/desk.html`` needs; ``current`` is the endpoint where the shown part begins. Views only."""
    return {"tabs": tabs(module, current), "list_page": module_url(module, "front")}


def tabs(module: ModuleRef, current: str = "") -> list[Tab]:
    """Give the parts that whoever asks may see; views only."""
    session, member = here().session, here().member
    return [
        Tab(str(label), module_url(module, endpoint), endpoint == current)
        for endpoint, permission, label in PARTS
        if may(session, member, permission, module)
    ]
