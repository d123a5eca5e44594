"""Placing and finding surveys, and texts of a published version that were mended."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.projects.placing import place_module
from baukasten.sdk import NotFound
from baukasten_survey.definition.parsing import parse
from baukasten_survey.models import Fix, Version
from baukasten_survey.surveys import lookup
from tests.survey.conftest import NOW, SMALL, open_survey, publish


def test_a_placed_survey_begins_with_one_empty_page(session):
    module = place_module(session, None, "survey", title="Umfrage", slug="umfrage")
    survey = lookup.of_module(session, module.id)
    assert (survey.state, survey.version, survey.anonymity) == ("draft", None, "separated")
    written = parse(survey.definition)
    assert (written.title, [page.code for page in written.pages]) == ({"de": "Umfrage"}, ["p1"])
    with pytest.raises(NotFound):
        lookup.of_module(session, module.id + 1)


def test_a_mended_text_is_read_and_the_version_stays(session, database, town):
    module = open_survey(database, town)
    survey = lookup.of_module(session, module.id)
    version = session.query(Version).one()
    for path, words in (("q1/options/a2/title", "Zweite"), ("title", "Sicher hin"), ("p2/text", "Neu")):
        session.add(
            Fix(version_id=version.id, path=path, language="de", before="", after=words, at=clock.now())
        )
    session.commit()
    asked = lookup.asked(session, survey.id, 1)
    second = asked.definition.questions["q1"].option("a2")
    assert second is not None
    assert second.title == {"de": "Zweite"}
    assert asked.definition.title == {"de": "Sicher hin"}
    assert asked.definition.pages[1].text == {"de": "Neu"}
    assert version.definition == SMALL
    with pytest.raises(NotFound):
        lookup.asked(session, survey.id, 2)
    with pytest.raises(NotFound):
        lookup.fixed(SMALL, "q9/title", "de", "Nirgends")


def test_the_history_has_all_versions_as_they_read_today_in_one_statement(
    session, database, town, statements
):
    module = open_survey(database, town)
    survey = lookup.of_module(session, module.id)
    first = session.query(Version).one()
    for words in ("Sicher", "Sicherer"):
        fix = Fix(version_id=first.id, path="title", language="de", before="", after=words, at=clock.now())
        session.add(fix)
        session.flush()
    publish(session, survey, SMALL, mapping={"q1": "way"})
    session.commit()
    with statements() as asked:
        found = lookup.history(session, survey.id)
    assert (
        len([one for one in asked if "survey_version" in one])
        == len([one for one in asked if "survey_" in one])
        == 1
    )
    assert [number for number, _definition in found.versions] == [2, 1]
    assert [one.title["de"] for one in found.definitions] == [parse(SMALL).title["de"], "Sicherer"]
    assert found.names.code("q1", 1) == "way"


def test_a_survey_runs_between_its_times(session, database, town):
    module = open_survey(database, town, opens_at=NOW, closes_at=NOW + dt.timedelta(days=1))
    survey = lookup.of_module(session, module.id)
    moments = [NOW - dt.timedelta(seconds=1), NOW, NOW + dt.timedelta(days=1)]
    assert [lookup.is_running(survey, moment) for moment in moments] == [False, True, False]
    survey.state = "closed"
    assert not lookup.is_running(survey, NOW)
