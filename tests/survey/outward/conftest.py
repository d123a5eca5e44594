"""A survey in a project, with results that can be published."""

import datetime as dt
from typing import Any

import pytest

from baukasten import clock
from baukasten.projects import publishing, queries
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.tenants import settings
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, options, page, publish, question

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2035, 3, 20, 8, tzinfo=dt.UTC)
PATH = "/beteiligung/schulweg/umfrage/"
ASKED = {
    **definition(
        page("p1", question("q1", "single", options=options("a1", "a2")), question("q2", "long")),
        languages=("de", "en"),
    ),
    "title": {"de": "Sicher zur Schule", "en": "Safe to school"},
    "intro": {"de": "Worum es **geht**: Kreuzungen.", "en": "It is about *crossings*."},
}


@pytest.fixture(autouse=True)
def noon():
    """The clock stands still."""
    with clock.turned(NOW) as moment:
        yield moment


@pytest.fixture
def place(session):
    """Place a survey in a published project; its phase lets people answer from yesterday for ten days.

    Without a state it is only written.
    """

    def do(state="open", **values):
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        texts = dict.fromkeys(("question", "description", "place", "contact", "decides"), "Wie sicher?")
        wanted = ProjectDraft("Schulweg", "schulweg", can_influence=("Wege",), fixed=("Schule",), **texts)
        project = create_project(session, None, wanted)
        phase = PhaseDraft("Fragen", NOW - DAY, NOW + 10 * DAY, "", ("survey.answer",))
        set_phases(session, None, project.id, [phase])
        module = place_module(session, None, "survey", title="Umfrage", slug="umfrage", project_id=project.id)
        opened = {"opens_at": NOW - DAY} | values
        if state is None:
            lookup.of_module(session, module.id).definition = ASKED
        else:
            publish(session, lookup.of_module(session, module.id), ASKED, state=state, **opened)
        publishing.publish(session, None, project.id)
        session.commit()
        return queries.module_by_id(session, module.id)

    return do


@pytest.fixture
def placed(place):
    return place()


@pytest.fixture
def told(session):
    """Give a survey figures and words for them; published unless said otherwise."""

    def do(module, *, at: dt.datetime | None = NOW, people=26):
        survey = lookup.of_module(session, module.id)
        tables: dict[str, Any] = {"tables": {}, "ranks": {}, "crossings": []}
        values = {"number": 1, "version": 1, "day": NOW.date(), "last_id": 0, "people": people}
        session.add(Freeze(survey_id=survey.id, tables=tables, **values))
        words = {
            "headline": "Zwei Drittel wollen Ampeln",
            "lead": "Vor allem am Markt.",
            "steps": ["Der Rat"],
        }
        found = Publication(survey_id=survey.id, published_at=at, shown=[["q1", "Ampeln zuerst"]], **words)
        session.add(found)
        session.commit()
        return found

    return do
