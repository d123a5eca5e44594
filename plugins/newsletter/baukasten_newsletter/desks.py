"""The pages of a list for its staff, as the one navigation that they share."""

from collections.abc import Sequence
from typing import Any

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import DeskPart, DeskTab, desk_tabs, module_url
from baukasten_newsletter.keys import PEOPLE, SETUP, SIZE, WRITE

_ = lazy("newsletter")

ISSUES, TOPICS, WHO, RETURNS, FIGURES = "issues", "topics_page", "people_page", "returns", "figures"
"""Endpoints on which the parts of the desk begin."""
PARTS: Sequence[DeskPart] = (
    (ISSUES, WRITE, _("Issues")),
    (TOPICS, SETUP, _("Topics")),
    (WHO, PEOPLE, _("People")),
    (RETURNS, PEOPLE, _("Returns")),
    (FIGURES, SIZE, _("Figures")),
)


def values(module: ModuleRef, current: str) -> dict[str, Any]:
    """Give what ``newsletter/desk.html`` needs; ``current`` is the endpoint where the shown part begins. Views only."""
    return {"tabs": tabs(module, current), "list_page": module_url(module, "front")}


def tabs(module: ModuleRef, current: str = "") -> list[DeskTab]:
    """Give the parts that whoever asks may see; views only."""
    return desk_tabs(module, PARTS, current)
