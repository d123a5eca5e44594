"""What a member is told and what vanishes: named answers and having taken part."""

from sqlalchemy import func, select

from baukasten import clock
from baukasten_survey.asking import personal
from baukasten_survey.models import Admission, Response, Sealed
from tests.survey.asking.test_views_finishing import SENDING, fill
from tests.survey.conftest import open_survey


def test_named_answers_are_handed_out_and_erased(browse, database, town, session, anna, ben):
    open_survey(database, town, access="registered", anonymity="named")
    for person in (anna, ben):
        browser = browse(person)
        assert browser.post(SENDING, data=fill(browser)).status_code == 303
    (told,) = personal.export_answers(session, anna.id)
    assert (told["survey"], told["answers"]["q1"], told["day"]) == (
        "Sicher zur Schule",
        "a2",
        clock.now().date(),
    )
    assert personal.export_parts(session, anna.id) == [{"survey": "Sicher zur Schule"}]
    assert (personal.erase_answers(session, anna.id), personal.erase_parts(session, anna.id)) == (1, 1)
    assert (personal.erase_answers(session, anna.id), personal.erase_parts(session, anna.id)) == (0, 0)
    assert session.scalars(select(Response.member_id)).all() == [ben.id]
    assert personal.export_parts(session, ben.id) != []


def test_of_an_anonymous_answer_nothing_leads_to_the_member(browse, database, town, session, anna):
    open_survey(database, town, access="registered")
    browser = browse(anna)
    browser.post(SENDING, data=fill(browser))
    assert personal.export_answers(session, anna.id) == []
    assert personal.export_parts(session, anna.id) == [{"survey": "Sicher zur Schule"}]
    assert personal.erase_parts(session, anna.id) == 1
    counted = [session.scalar(select(func.count()).select_from(what)) for what in (Admission, Sealed)]
    assert counted == [0, 1]
