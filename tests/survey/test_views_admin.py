"""The surveys of a town in its administration, and the navigation of each."""

from baukasten_survey import desks
from baukasten_survey.keys import RAW, RUN
from baukasten_survey.models import Response, Survey
from baukasten_survey.routes import routes
from tests.survey.conftest import NOW, open_survey

PATH = "/verwaltung/survey/"


def respond(session, survey_id, **more):
    values = {"survey_id": survey_id, "version": 1, "day": NOW.date(), "answers": {"q1": "a1"}, **more}
    session.add(Response(**values))


def test_each_survey_says_how_far_it_is(browse, moderator, session, database, town):
    open_survey(database, town, slug="eins", state="open")
    survey_id = session.query(Survey.id).scalar()
    respond(session, survey_id)
    respond(session, survey_id, test=True)
    session.commit()
    page = browse(moderator).get(PATH).text
    assert "1 Antwort<" in page, "those of trying out are none"
    assert "Offen" in page
    assert f'href="{PATH}" aria-current="page"' in page


def test_a_town_without_surveys_is_told_how_to_begin(browse, moderator):
    assert "Es gibt noch keine Umfrage" in browse(moderator).get(PATH).text


def test_only_staff_sees_it(browse, client, moderator, new_member):
    assert browse(moderator).get(PATH).status_code == 200
    assert (browse(new_member()).get(PATH).status_code, client.get(PATH).status_code) == (403, 303)


def test_it_asks_the_same_however_many_surveys_there_are(browse, moderator, database, town, statements):
    desk = browse(moderator)
    for number in range(5):
        open_survey(database, town, slug=f"umfrage-{number}")
    with statements() as asked:
        page = desk.get(PATH).text
    assert page.count("</h2>") == 5
    assert sum("FROM survey" in one for one in asked) == 1


def test_parts_of_the_desk_whose_page_is_not_there_are_left_out(browse, admin, moderator, database, town):
    open_survey(database, town)
    pages = {name: browse(who).get(PATH).text for name, who in (("admin", admin), ("mod", moderator))}
    for endpoint, permission, label in desks.PARTS:
        there = endpoint in routes.routes
        words = f">{label}<span"
        assert (words in pages["admin"]) == there, endpoint
        assert (words in pages["mod"]) == (there and permission not in (RUN, RAW))
