"""Letters that point to a survey: its words, its own end, and the page of its results."""

import pytest

from baukasten import sdk
from baukasten.projects import queries
from baukasten.projects.placing import place_module
from baukasten.search import index
from baukasten_newsletter.letters import shown
from baukasten_survey.surveys import lookup
from tests.statements import Statements
from tests.survey.conftest import publish
from tests.survey.outward.conftest import ASKED, DAY, NOW, PATH


@pytest.mark.parametrize(
    ("values", "until"),
    [
        ({}, 10 * DAY),
        ({"closes_at": NOW + 2 * DAY}, 2 * DAY),
        ({"closes_at": NOW + 20 * DAY}, 10 * DAY),
        ({"state": "closed", "closed_at": NOW}, None),
        ({"state": "closed", "closed_at": None}, None),
    ],
    ids=["phase", "own", "longer", "closed", "somehow"],
)
def test_a_teaser_tells_what_it_is_about_and_until_when(session, place, values, until):
    place(**values)
    index.rebuild(session)
    found = sdk.preview_of(session, PATH)
    assert found is not None
    assert (found.title, found.kind) == ("Sicher zur Schule", "survey")
    assert found.summary.startswith("Worum es geht: Kreuzungen.")
    assert found.until == (until and NOW + until)


def test_a_draft_has_no_words_and_no_end(session, place):
    place(state="draft")
    index.rebuild(session)
    assert sdk.preview_of(session, PATH) == sdk.Preview(PATH, "Umfrage", "Schulweg", "survey")


def test_a_survey_on_the_site_itself_ends_when_it_says(session, place):
    module = place_module(session, None, "survey", title="Frei", slug="frei")
    publish(session, lookup.of_module(session, module.id), ASKED, closes_at=NOW + DAY)
    found = sdk.preview_of(session, "/frei/")
    assert found is not None
    assert found.until == NOW + DAY


def test_whoever_writes_a_letter_finds_survey_and_results_by_words(session, placed, told):
    told(placed)
    index.rebuild(session)
    found = shown._found(session, "Schule")
    assert {one.path for one in found} == {PATH, f"{PATH}ergebnisse"}
    results = sdk.preview_of(session, f"{PATH}ergebnisse")
    assert results is not None
    assert (results.title, results.summary.split("\n")[0]) == (
        "Zwei Drittel wollen Ampeln",
        "Vor allem am Markt.",
    )


def test_many_teasers_cost_no_more_statements(session, database, placed):
    paths = [PATH]
    for number in range(4):
        module = place_module(session, None, "survey", title=f"Mehr {number}", slug=f"mehr-{number}")
        publish(session, lookup.of_module(session, module.id), ASKED, closes_at=NOW + DAY)
        paths.append(module.path)
    session.commit()
    assert queries.module_by_id(session, placed.id) is not None
    with Statements(database.app) as seen:
        assert sdk.previews_of(session, paths).keys() == {*paths}
    assert len(seen) <= 6
