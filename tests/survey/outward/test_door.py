"""The door of a survey on its project's page: open to answer, then to the results, and never a false promise."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.web import i18n
from baukasten_survey.outward.door import blockers, door
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, page
from tests.survey.outward.conftest import DAY, NOW, PATH

LOOK, RESULTS = "Umfrage ansehen", "Ergebnisse ansehen"
ONWARD = "Die Kommune wertet die Antworten aus und veröffentlicht hier, was herauskam."


@pytest.fixture(autouse=True)
def german():
    with i18n.speaking(i18n.translator("de", "Europe/Berlin")):
        yield


def test_a_running_survey_invites(session, place):
    found = door(session, place(closes_at=NOW + 2 * DAY))
    assert found.line == "Dauert etwa 1 Minute. Offen bis 22. März 2035, 09:00."
    assert (found.action, found.invite, found.shut) == (LOOK, "An der Umfrage teilnehmen", False)
    assert found.until == found.ends == NOW + 2 * DAY


@pytest.mark.parametrize(
    ("values", "line", "begins"),
    [
        ({"state": "draft"}, "Diese Umfrage wird vorbereitet.", None),
        ({"opens_at": NOW + DAY}, "Öffnet am 21. März 2035, 09:00.", NOW + DAY),
        (
            {"state": "closed", "closed_at": NOW},
            f"Geschlossen seit dem 20. März 2035. {ONWARD}",
            None,
        ),
        (
            # Its time is over, and the job that closes it comes in a moment.
            {"closes_at": NOW - dt.timedelta(hours=10)},
            f"Geschlossen seit dem 19. März 2035. {ONWARD}",
            None,
        ),
    ],
    ids=["draft", "early", "closed", "over"],
)
def test_a_survey_that_takes_nothing_says_why(session, place, values, line, begins):
    found = door(session, place(**values))
    assert (found.line, found.action, found.invite) == (line, LOOK, "")
    assert (found.shut, found.begins) == (True, begins)


def test_after_the_close_it_leads_to_the_results_while_they_are_published(client, session, place, told):
    module = place(state="closed", closed_at=NOW)
    publication = told(module)
    found = door(session, module)
    assert found.line == "Geschlossen seit dem 20. März 2035. Die Ergebnisse stehen da."
    assert (found.action, found.shut) == (RESULTS, True)
    assert f'href="{PATH}ergebnisse"' in client.get("/beteiligung/schulweg/").text
    publication.published_at = None
    session.commit()
    assert door(session, module).action == LOOK
    page = client.get("/beteiligung/schulweg/").text
    assert (f'href="{PATH}"' in page, f'href="{PATH}ergebnisse"' in page) == (True, False)


def test_the_page_of_the_project_never_promises_more_than_the_survey(client, place, told, turn):
    place(closes_at=NOW + DAY)
    page = "/beteiligung/schulweg/"
    # The phase goes on for ten days, the survey for one.
    assert "offen bis 21. März 2035" in client.get(page).text
    assert "An der Umfrage teilnehmen" in client.get(page).text
    turn(NOW + 2 * DAY)
    shut = client.get(page).text
    assert "An der Umfrage teilnehmen" not in shut
    assert "nur lesen" in shut
    assert LOOK in shut
    assert clock.now() == NOW + 2 * DAY
    assert f'href="{PATH}"' in shut


def test_a_survey_that_asks_nothing_keeps_its_project_back(database, town, session):
    module = open_survey(database, town, definition(page("p1")))
    assert len(blockers(session, module)) == 1
    survey = lookup.of_module(session, module.id)
    survey.definition = definition(page("p1", {"code": "q1", "kind": "long"}))
    assert blockers(session, module) == []
