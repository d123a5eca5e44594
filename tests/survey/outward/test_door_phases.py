"""A survey in a project: a phase lets people answer, and its end says so without hiding what the survey is about."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.projects import publishing, queries
from baukasten.projects.placing import place_module
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.tenants import settings
from baukasten_survey.surveys import lookup
from tests.survey.conftest import SMALL, publish

DAY = dt.timedelta(days=1)
PATH = "/beteiligung/schulweg/umfrage/"


@pytest.fixture
def placed(database, town):
    """A survey in a project whose phase lets people answer from yesterday until tomorrow."""
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        texts = dict.fromkeys(("question", "description", "place", "contact", "decides"), "Wie sicher?")
        wanted = ProjectDraft("Schulweg", "schulweg", can_influence=("Wege",), fixed=("Schule",), **texts)
        project = create_project(session, None, wanted)
        now = clock.now()
        phase = PhaseDraft("Fragen", now - DAY, now + DAY, "", ("survey.answer",))
        set_phases(session, None, project.id, [phase])
        module = place_module(session, None, "survey", title="Umfrage", slug="umfrage", project_id=project.id)
        publish(session, lookup.of_module(session, module.id), SMALL)
        publishing.publish(session, None, project.id)
        session.commit()
        return queries.module_by_id(session, module.id)


def test_a_phase_opens_and_shuts_a_survey(client, placed, turn):
    now = clock.now()
    assert placed.project is not None
    assert "Beginnen" in client.get(PATH).text
    assert client.send(PATH).headers["Location"] == f"{PATH}seite/p1"
    assert "An der Umfrage teilnehmen" in client.get("/beteiligung/schulweg/").text
    turn(now + 2 * DAY)
    shut = client.get(PATH)
    assert shut.status_code == 200
    assert "Sie können gerade nicht teilnehmen" in shut.text
    assert "Beginnen" not in shut.text
    assert client.get(f"{PATH}seite/p1").status_code == 403
