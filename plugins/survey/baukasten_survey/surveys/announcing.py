"""Telling the platform that something about a survey changed which everybody may see, so that its search follows."""

from baukasten.plugin import ContentEdited
from baukasten.sdk import Scope, publish_event

SURVEY, RESULTS = "survey.survey", "survey.results"
"""What the search knows of a survey: its front page, and its published results."""


def announce(session: Scope, survey_id: int, *types: str) -> None:
    """Have the search look again, once this is committed; of what is not public any more, it then finds nothing."""
    for one in types:
        publish_event(session, ContentEdited(session.tenant_id or 0, one, survey_id))
