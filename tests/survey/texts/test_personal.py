"""Who worked on open texts is told what, and is forgotten without a trace of the name."""

from baukasten_survey.surveys import lookup
from baukasten_survey.texts import coding, comparing, personal, quotes
from tests.survey.conftest import open_survey
from tests.survey.texts.conftest import ASKED, WHY


def test_work_is_handed_out_and_the_name_taken_away(session, database, town, admin, second, fill, sort):
    module = open_survey(database, town, ASKED, anonymity="named")
    responses = fill(module, [{"q2": "a"}, {"q2": "b"}])
    sort(module, responses, [(admin, ["Bus", "Bus"]), (second, ["Bus", "Rad"])])
    survey = lookup.of_module(session, module.id)
    comparing.decide(session, admin, survey.id, WHY, responses[1], None)
    quotes.choose(session, admin, survey, WHY, responses[0], "Zitat")
    session.commit()
    assert [one["what"] for one in personal.export_work(session, admin.id)] == [
        "sorted",
        "sorted",
        "decided",
        "chosen",
    ]
    assert len(personal.export_work(session, second.id)) == 2
    assert personal.erase_work(session, admin.id) == 3
    assert personal.export_work(session, admin.id) == []
    session.expire_all()
    standings = coding.standings(session, survey.id)
    assert [(one.number, one.member_id, one.coded) for one in standings] == [(1, None, 2), (2, second.id, 2)]
