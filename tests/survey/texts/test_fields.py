"""Which texts a survey has, and how they are read, whatever they were called once."""

import pytest

from baukasten.sdk import NotFound
from baukasten_survey.definition.parsing import parse
from baukasten_survey.models import Response
from baukasten_survey.surveys import lookup
from baukasten_survey.texts.fields import fields_of, text_of, texts, totals
from tests.survey.conftest import definition, open_survey, page, publish, question
from tests.survey.texts.conftest import ASKED, DAY, FIELDS, WHY

NEXT = definition(page("p1", question("grund", "long")))


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


@pytest.fixture
def survey(session, module):
    return lookup.of_module(session, module.id)


def test_texts_are_answers_words_beside_other_and_words_about_maps():
    assert {name: one.is_answer for name, one in FIELDS.items()} == {
        "q1.other": False,
        "q2": True,
        "q3": False,
    }


def test_only_words_count(session, module, survey, fill):
    fill(
        module,
        [
            {"q1": "_other", "q1.other": "Bus", "q2": " weil "},
            {"q1": "a1", "q2": "_none", "q3": {"shapes": [], "text": "hier"}},
            {"q2": "  \n ", "q3": {"shapes": []}},
            {"q1": "_other"},
        ],
    )
    fill(module, [{"q2": "Probe"}], test=True)
    assert totals(session, survey.id, list(FIELDS.values())) == {"q1.other": 1, "q2": 1, "q3": 1}
    assert [[words for _id, words in texts(session, survey.id, one, most=9)] for one in FIELDS.values()] == [
        ["Bus"],
        ["weil"],
        ["hier"],
    ]


def test_a_renamed_question_keeps_its_texts(session, survey, module, fill):
    publish(session, survey, NEXT, mapping={"q2": "grund"})
    fill(module, [{"q2": "früher", "grund": "gilt nicht"}])
    session.add(Response(survey_id=survey.id, version=2, day=DAY, answers={"grund": "später"}))
    session.commit()
    fields = fields_of([parse(NEXT), parse(ASKED)], lookup.names(session, survey.id))
    assert [words for _id, words in texts(session, survey.id, fields["grund"], most=9)] == [
        "früher",
        "später",
    ]


@pytest.mark.parametrize(
    ("search", "found"), [("bus", ["Der BUS"]), ("100%", ["100% dafür"]), ("_", []), ("", 2)]
)
def test_a_search_takes_signs_as_they_are(session, survey, module, fill, search, found):
    fill(module, [{"q2": "Der BUS"}, {"q2": "100% dafür"}])
    words = [text for _id, text in texts(session, survey.id, WHY, search=search, most=9)]
    assert (words if isinstance(found, list) else len(words)) == found


def test_the_text_of_another_survey_is_not_there(session, survey, module, fill, database, town):
    other = open_survey(database, town, ASKED, slug="andere", anonymity="named")
    [foreign] = fill(other, [{"q2": "fremd"}])
    for number in (foreign, 2**62):
        with pytest.raises(NotFound):
            text_of(session, survey.id, WHY, number)
