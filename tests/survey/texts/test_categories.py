"""The list of categories: what happens to what was sorted when it changes."""

import pytest

from baukasten.sdk import Conflict, Invalid, NotFound
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import categories
from baukasten_survey.texts.models import Coding
from tests.survey.conftest import open_survey
from tests.survey.texts.conftest import ASKED


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


@pytest.fixture
def survey_id(session, module):
    return lookup.of_module(session, module.id).id


def names(session, survey_id):
    return [one.name for one in categories.of_question(session, survey_id, "q2")]


def test_categories_are_added_renamed_and_moved(session, survey_id):
    made = [categories.add(session, survey_id, "q2", name).id for name in ("Bus", "Rad", "Fuß")]
    categories.change(session, survey_id, "q2", made[1], "Fahrrad", "Wege und Stellplätze")
    categories.lift(session, survey_id, "q2", made[2])
    categories.lift(session, survey_id, "q2", made[0])
    assert names(session, survey_id) == ["Bus", "Fuß", "Fahrrad"]


@pytest.mark.parametrize("name", ["", "x" * 81, "bus"])
def test_a_category_needs_a_name_of_its_own(session, survey_id, name):
    categories.add(session, survey_id, "q2", "Bus")
    with pytest.raises(Invalid):
        categories.add(session, survey_id, "q2", name)


def test_putting_together_keeps_what_everybody_sorted(session, survey_id, module, fill, sort, admin, second):
    responses = fill(module, [{"q2": f"Text {number}"} for number in range(4)])
    named = sort(
        module, responses, [(admin, ["Bus", "Bahn", "Rad", ""]), (second, ["Bahn", "Bahn", "Bus", ""])]
    )
    categories.merge(session, admin, survey_id, "q2", named["Bahn"], named["Bus"])
    session.commit()
    found = [one.category_id for one in session.query(Coding).order_by(Coding.coder_id, Coding.response_id)]
    bus = named["Bus"]
    assert found == [bus, bus, named["Rad"], None, bus, bus, bus, None]
    assert names(session, survey_id) == ["Bus", "Rad"]


def test_what_is_used_is_not_taken_away(session, survey_id, module, fill, sort, admin):
    named = sort(module, fill(module, [{"q2": "x"}]), [(admin, ["Bus"])])
    spare = categories.add(session, survey_id, "q2", "Rad").id
    with pytest.raises(Conflict):
        categories.remove(session, survey_id, "q2", named["Bus"])
    categories.remove(session, survey_id, "q2", spare)
    assert names(session, survey_id) == ["Bus"]


def test_categories_of_other_questions_are_not_there(session, survey_id, admin):
    other = categories.add(session, survey_id, "q1.other", "Bus").id
    mine = categories.add(session, survey_id, "q2", "Bus").id
    with pytest.raises(NotFound):
        categories.merge(session, admin, survey_id, "q2", mine, other)
    with pytest.raises(NotFound):
        categories.remove(session, survey_id, "q2", other)
    with pytest.raises(Invalid):
        categories.merge(session, admin, survey_id, "q2", mine, mine)
