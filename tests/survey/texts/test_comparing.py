"""How far two agree: the figures by hand, the decisions, and what becomes the result."""

import pytest

from baukasten.sdk import NotFound
from baukasten_survey.surveys import lookup
from baukasten_survey.texts import coding, comparing
from baukasten_survey.texts.models import Decision
from tests.survey.conftest import open_survey
from tests.survey.texts.conftest import ASKED, WHY


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


@pytest.fixture
def survey_id(session, module):
    return lookup.of_module(session, module.id).id


def two(session, survey_id):
    return tuple(one.id for one in coding.standings(session, survey_id, "q2"))


def test_kappa_by_hand(session, survey_id, module, fill, sort, admin, second):
    """Of 50 texts both say yes to 20 and no to 15, one alone to 5 and 10: 0.7 observed, 0.5 by chance, 0.4."""
    ones = ["ja"] * 25 + ["nein"] * 25
    others = ["ja"] * 20 + ["nein"] * 5 + ["ja"] * 10 + ["nein"] * 15
    responses = fill(module, [{"q2": f"Text {number}"} for number in range(50)])
    sort(module, responses, [(admin, ones), (second, others)])
    found = comparing.agreement(comparing.pairs(session, *two(session, survey_id)))
    assert found is not None
    assert found.kappa is not None
    assert (found.n, found.observed, found.expected, round(found.kappa, 9)) == (50, 0.7, 0.5, 0.4)
    assert comparing.strength(found.kappa) == "fair"


@pytest.mark.parametrize(
    ("kappa", "said"),
    [(-0.1, "worse than chance"), (0, "slight"), (0.61, "substantial"), (1, "almost perfect")],
)
def test_kappa_in_words(kappa, said):
    assert comparing.strength(kappa) == said


def test_nothing_in_common_says_nothing(session, survey_id, module, fill, sort, admin, second):
    responses = fill(module, [{"q2": "a"}, {"q2": "b"}])
    sort(module, responses[:1], [(admin, ["ja"])], finish=False)
    sort(module, responses[1:], [(second, ["ja"])], finish=False)
    assert comparing.agreement(comparing.pairs(session, *two(session, survey_id))) is None


def test_results_are_what_both_said_or_what_was_decided(
    session, survey_id, module, fill, sort, admin, second
):
    responses = fill(module, [{"q2": f"Text {number}"} for number in range(4)])
    named = sort(module, responses, [(admin, ["Bus", "Bus", "", "Bus"]), (second, ["Bus", "Rad", "", ""])])
    assert comparing.results(session, survey_id, WHY) == {named["Bus"]: 1, 0: 1, None: 2}
    rows = comparing.differences(session, survey_id, WHY, two(session, survey_id), most=9)
    assert [(one.text, one.first, one.second) for one in rows] == [
        ("Text 1", named["Bus"], named["Rad"]),
        ("Text 3", named["Bus"], 0),
    ]
    for category in (named["Bus"], named["Rad"]):
        comparing.decide(session, admin, survey_id, WHY, responses[1], category)
    assert comparing.results(session, survey_id, WHY) == {named["Bus"]: 1, named["Rad"]: 1, 0: 1, None: 1}
    assert [one.decided_by for one in session.query(Decision)] == [admin.id]
    waiting = comparing.differences(session, survey_id, WHY, two(session, survey_id), most=9)
    decided = comparing.differences(session, survey_id, WHY, two(session, survey_id), decided=True, most=9)
    assert ([one.text for one in waiting], [one.decided for one in decided]) == (["Text 3"], [named["Rad"]])


def test_one_alone_gives_no_result_and_nothing_to_decide(session, survey_id, module, fill, sort, admin):
    responses = fill(module, [{"q2": "a"}])
    named = sort(module, responses, [(admin, ["Bus"])])
    assert comparing.results(session, survey_id, WHY) == {None: 1}
    with pytest.raises(NotFound):
        comparing.decide(session, admin, survey_id, WHY, responses[0], named["Bus"])
