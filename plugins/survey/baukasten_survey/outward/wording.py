"""Sentences about when a survey can be answered, alike on its door and in summaries."""

import datetime as dt

from baukasten.sdk import dgettext, dngettext, end_text, translator
from baukasten_survey.asking import timing
from baukasten_survey.definition.model import Definition


def running(definition: Definition, closes_at: dt.datetime | None) -> str:
    """Say how long a survey takes that can be answered now, and until when it can."""
    minutes = max(1, round(sum(timing.seconds_of(definition).values()) / 60))
    line = dngettext("survey", "Takes about %(num)s minute.", "Takes about %(num)s minutes.", minutes)
    if closes_at is None:
        return line
    until = dgettext("survey", "Open until %(day)s.", day=end_text(closes_at))
    return f"{line} {until}"


def closed(since: dt.datetime | None) -> str:
    """Say since when nothing more is taken."""
    if since is None:
        return dgettext("survey", "This survey is closed.")
    return dgettext("survey", "Closed since %(day)s.", day=translator().date(since))
