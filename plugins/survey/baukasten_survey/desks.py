"""The pages of a survey for its staff, as the one navigation that they share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import here, may, module_url
from baukasten_survey.keys import BUILD, ENTRY, PUBLISH, RAW, RUN
from baukasten_survey.routes import routes

_ = lazy("survey")

QUESTIONS, CODES, RESPONSES = "build", "codes_page", "responses"
ENTRIES, FIGURES, SETUP = "entry", "figures", "setup"
"""Endpoints on which the parts of the desk begin."""
PARTS: Sequence[tuple[str, str, LazyText]] = (
    (QUESTIONS, BUILD, _("Questions")),
    (CODES, RUN, _("Admission")),
    (RESPONSES, RAW, _("Responses")),
    (ENTRIES, ENTRY, _("Entry")),
    (FIGURES, PUBLISH, _("Results")),
    (SETUP, BUILD, _("Settings")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the desk, as the navigation shows it."""

    label: str
    url: str
    current: bool


def values(module: ModuleRef, current: str) -> dict[str, Any]:
    """Give what ``survey/desk.html`` needs; ``current`` is the endpoint where the shown part begins. Views only."""
    return {"tabs": tabs(module, current), "survey_page": module_url(module, "front")}


def tabs(module: ModuleRef, current: str = "") -> list[Tab]:
    """Give the parts that are there and that whoever asks may see; views only."""
    session, member = here().session, here().member
    return [
        Tab(str(label), module_url(module, endpoint), endpoint == current)
        for endpoint, permission, label in PARTS
        if endpoint in routes.routes and may(session, member, permission, module)
    ]
