"""What a project's page tells of its surveys: what happened, and people of published results alone."""

from sqlalchemy import update

from baukasten.plugin import Stat
from baukasten.projects.models import Module
from baukasten.projects.placing import place_module
from baukasten_survey.models import Response, Survey
from baukasten_survey.outward import facts
from baukasten_survey.surveys import lookup
from tests.statements import Statements
from tests.survey.conftest import publish
from tests.survey.outward.conftest import ASKED, DAY, NOW, PATH


def activity(session, module, limit=6, since=NOW - 9 * DAY):
    return [(one.title, one.path, one.at) for one in facts.activity(session, module.project, since, limit)]


def test_openings_and_results_are_told_newest_first(session, placed, told):
    told(placed)
    opened = ("Survey opened: Umfrage", PATH, NOW - DAY)
    found = ("Results: Zwei Drittel wollen Ampeln", f"{PATH}ergebnisse", NOW)
    assert activity(session, placed) == [found, opened]
    assert activity(session, placed, limit=1) == activity(session, placed, since=NOW) == [found]
    session.execute(update(Survey).values(opens_at=NOW + DAY))
    assert activity(session, placed) == [found]
    session.execute(update(Module).values(visible=False))
    assert activity(session, placed) == []


def test_a_draft_tells_nothing(session, place, told):
    module = place(state="draft")
    told(module)
    assert activity(session, module) == []


def test_only_people_of_published_results_are_counted(session, placed, told):
    survey = lookup.of_module(session, placed.id)
    for _one in range(3):
        session.add(Response(survey_id=survey.id, version=1, day=NOW.date(), answers={}))
    session.flush()
    assert facts.stats(session, placed.project) == [Stat("survey.people", "People in results of surveys", 0)]
    publication = told(placed, people=26)
    assert [one.value for one in facts.stats(session, placed.project)] == [26]
    publication.published_at = None
    session.flush()
    assert [one.value for one in facts.stats(session, placed.project)] == [0]


def test_a_project_without_surveys_asks_nothing_more(session, database, placed, told):
    told(placed)

    def cost():
        with Statements(database.app) as seen:
            activity(session, placed)
            facts.stats(session, placed.project)
        return len(seen)

    before = cost()
    more = {"title": "Noch eine", "slug": "noch-eine", "project_id": placed.project.id}
    module = place_module(session, None, "survey", **more)
    publish(session, lookup.of_module(session, module.id), ASKED, opens_at=NOW)
    told(module)
    assert cost() == before
    session.execute(update(Module).values(kind="forum"))
    assert (facts.stats(session, placed.project), activity(session, placed)) == ([], [])
