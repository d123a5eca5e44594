"""A description fills a survey; the demo's own are good ones."""

import datetime as dt

import pytest

from baukasten.demo import plans
from baukasten_survey.building import loading
from baukasten_survey.building.findings import Setting
from baukasten_survey.building.linting import lint
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Response, Survey
from tests.survey.building.conftest import draft


def contents():
    """The surveys of the demo's towns by their addresses."""
    modules = [module for town in plans.read() for module in town.modules if module.kind == "survey"]
    return {module.slug: module.content for module in modules}


@pytest.mark.parametrize(
    ("slug", "state", "answers"),
    [("schulweg", "open", 62), ("busumfrage", "closed", 412), ("hallenumfrage", "draft", 0)],
)
def test_the_demo_has_surveys_in_every_state(database, town, session, morning, slug, state, answers):
    module = draft(database, town)
    assert loading.load(session, module, {**contents()[slug], "now": morning}) == {}
    survey = session.query(Survey).one()
    assert survey.state == state
    stops = [
        one.text for one in lint(parse(survey.definition), Setting(Anonymity(survey.anonymity))) if one.stops
    ]
    assert stops == []
    rows = session.query(Response.answers, Response.day).order_by(Response.id).all()
    assert len(rows) == answers
    days = {row.day for row in rows}
    assert all(day <= morning.date() for day in days)
    if state == "closed":
        assert survey.closed_at < morning
        assert max(days) <= survey.closed_at.date()


def test_made_up_answers_are_the_same_each_time_and_follow_the_conditions(
    database, town, other_town, morning
):
    found = []
    for place in (town, other_town):
        module = draft(database, place)
        with database.session(place.id) as session:
            loading.load(session, module, {**contents()["schulweg"], "now": morning})
            found.append([row.answers for row in session.query(Response).order_by(Response.id)])
    assert found[0] == found[1]
    assert all(("q4" not in one) or one["q3"] == "a4" for one in found[0])
    assert sum("q4" in one for one in found[0]) > 3


def test_an_empty_description_leaves_the_survey_as_it_was_placed(database, town, session):
    module = draft(database, town)
    assert loading.load(session, module, {"now": dt.datetime.now(dt.UTC)}) == {}
    assert session.query(Response).count() == 0
