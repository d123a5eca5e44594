"""The pages of a survey for its staff, as the one navigation that they share."""

from collections.abc import Sequence
from typing import Any

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import DeskPart, DeskTab, desk_tabs, module_url
from baukasten_survey.keys import BUILD, ENTRY, PUBLISH, RAW, RUN

_ = lazy("survey")

QUESTIONS, CODES, RESPONSES = "build", "codes_page", "responses"
ENTRIES, FIGURES, SETUP = "entry", "figures", "setup"
"""Endpoints on which the parts of the desk begin."""
PARTS: Sequence[DeskPart] = (
    (QUESTIONS, BUILD, _("Questions")),
    (CODES, RUN, _("Admission")),
    (RESPONSES, RAW, _("Responses")),
    (ENTRIES, ENTRY, _("Entry")),
    (FIGURES, PUBLISH, _("Results")),
    (SETUP, BUILD, _("Settings")),
)


def values(module: ModuleRef, current: str) -> dict[str, Any]:
    """Give what ``survey/desk.html`` needs; ``current`` is the endpoint where the shown part begins. Views only."""
    return {"tabs": tabs(module, current), "survey_page": module_url(module, "front")}


def tabs(module: ModuleRef, current: str = "") -> list[DeskTab]:
    """Give the parts that whoever asks may see; views only."""
    return desk_tabs(module, PARTS, current)
