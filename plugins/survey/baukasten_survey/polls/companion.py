"""Polls as companions of contributions."""

from flask import url_for

from baukasten.plugin import Companion, ContentRef, lazy
from baukasten_survey.keys import POLL, POLL_ADD
from baukasten_survey.polls import service, shown

_ = lazy("survey")


def add_url(ref: ContentRef) -> str:
    """Give the page that adds a poll to a contribution."""
    return url_for("survey_polls.add", key=f"{ref.type}:{ref.id}")


COMPANIONS = [
    Companion(
        key=POLL,
        title=_("Poll"),
        add=_("Add a poll"),
        icon="survey",
        permission=POLL_ADD,
        add_url=add_url,
        show=shown.show,
        forget=service.forget,
        follow=service.follow,
    )
]
