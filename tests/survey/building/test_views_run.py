"""Opening, closing, publishing and setting up a survey by its pages: who may, what is said, what stays."""

import datetime as dt

import pytest

from baukasten.plugin.refs import Role
from baukasten_survey.models import Quota, Survey, Version
from baukasten_survey.surveys import lookup
from tests.survey.building.conftest import BASE, draft, fields, press, stored
from tests.survey.conftest import definition, open_survey, page, question

OPEN, VERSION, SETUP, CLOSE = (
    f"{BASE}oeffnen",
    f"{BASE}fassung",
    "/umfrage/einstellungen/",
    "/umfrage/schliessen",
)
SETTINGS = {"access": "registered", "anonymity": "named", "minimum_cell": "7", "least_seconds": "30"}


def survey_of(session):
    session.rollback()
    return session.query(Survey).one()


def send(desk, url, **values):
    return desk.post(url, data={"_token": desk.token(BASE), **values})


def test_a_survey_is_opened_run_and_closed(browse, admin, database, town, session):
    draft(database, town)
    desk = browse(admin)
    assert "Nichts steht im Weg" in desk.get(OPEN).text
    answer = desk.post(OPEN, data=fields(desk.get(OPEN).text, "oeffnen"))
    assert (answer.status_code, answer.location) == (303, f"{SETUP}?done=opened")
    assert survey_of(session).state == "open"
    assert "Die Umfrage ist offen." in desk.get(answer.location).text
    assert desk.get(OPEN).status_code == 409
    assert "lässt sie sich nicht wieder" in desk.get(CLOSE).text
    assert send(desk, CLOSE).location == f"{SETUP}?done=closed"
    assert survey_of(session).state == "closed"
    assert (desk.get(CLOSE).status_code, send(desk, CLOSE).status_code) == (409, 409)
    assert desk.get(SETUP).status_code == 200
    assert desk.get(VERSION).status_code == 200


def test_what_the_check_found_stops_it(browse, admin, database, town, session):
    draft(database, town, definition(page("p1", question("q1", "single"))))
    desk = browse(admin)
    shown = desk.get(OPEN).text
    assert "1 Punkt muss verbessert werden" in shown
    assert 'href="/umfrage/bearbeiten/frage/q1#f-options"' in shown
    assert send(desk, OPEN, revision="1").status_code == 422
    assert survey_of(session).state == "draft"


RIGHTS = [
    ("GET", BASE, 200, 200),
    ("GET", OPEN, 200, 200),
    ("POST", OPEN, 403, 422),
    ("GET", VERSION, 200, 200),
    ("POST", VERSION, 403, 422),
    ("POST", f"{VERSION}/texte", 403, 422),
    ("GET", CLOSE, 403, 409),
    ("POST", CLOSE, 403, 409),
    ("GET", SETUP, 200, 200),
    ("POST", SETUP, 422, 422),
    ("POST", f"{SETUP}kontingente", 303, 303),
]


def test_staff_writes_and_administrators_run(browse, admin, moderator, new_member, database, town):
    draft(database, town)
    everybody = [browse(moderator), browse(admin), browse(new_member(Role.RESIDENT))]
    for method, url, for_moderator, for_admin in RIGHTS:
        for desk, expected in zip(everybody, (for_moderator, for_admin, 403), strict=True):
            answer = (
                desk.get(url)
                if method == "GET"
                else desk.post(url, data={"_token": desk.token("/konto/adresse")})
            )
            assert answer.status_code == expected, (method, url, expected)


def test_settings_are_stored_and_what_was_promised_stays(browse, admin, moderator, database, town, session):
    draft(database, town)
    desk = browse(moderator)
    assert send(desk, SETUP, **SETTINGS, drawn="1", closes_at="2040-01-01T12:00").status_code == 303
    survey = survey_of(session)
    assert (survey.access, survey.anonymity, survey.minimum_cell, survey.drawn) == (
        "registered",
        "named",
        7,
        True,
    )
    assert survey.closes_at == dt.datetime(2040, 1, 1, 11, tzinfo=dt.UTC)
    boss = browse(admin)
    boss.post(OPEN, data=fields(boss.get(OPEN).text, "oeffnen"))
    assert 'name="anonymity"' not in boss.get(SETUP).text
    assert (
        send(
            boss, SETUP, **SETTINGS | {"anonymity": "separated", "access": "open", "minimum_cell": "8"}
        ).status_code
        == 303
    )
    survey = survey_of(session)
    assert (survey.access, survey.anonymity, survey.minimum_cell, survey.closes_at) == (
        "registered",
        "named",
        8,
        None,
    )
    assert send(boss, SETUP, **SETTINGS).status_code == 422, "the least cell only grows"
    assert send(desk, SETUP, **SETTINGS | {"minimum_cell": "9"}).status_code == 409, (
        "who may not run it changes nothing"
    )


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"access": "open"}, "f-anonymity"),
        ({"anonymity": "blind", "access": "open"}, "f-anonymity"),
        ({"anonymity": "bomb"}, "f-anonymity"),
        ({"minimum_cell": "4"}, "f-minimum_cell"),
        ({"minimum_cell": "x"}, "f-minimum_cell"),
        ({"closes_at": "2001-01-01T10:00"}, "f-closes_at"),
        ({"opens_at": "2041-01-01T10:00", "closes_at": "2040-01-01T10:00"}, "f-closes_at"),
        ({"least_seconds": "-1"}, "f-least_seconds"),
    ],
)
def test_settings_that_do_not_fit_are_refused_at_their_field(
    browse, moderator, database, town, session, wrong, field
):
    draft(database, town)
    answer = send(browse(moderator), SETUP, **SETTINGS | wrong)
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert survey_of(session).minimum_cell == 5


def test_quotas_are_set_and_never_fall_below_what_is_there(browse, admin, database, town, session):
    draft(database, town, anonymity="named", access="registered")
    desk, url = browse(admin), f"{SETUP}kontingente"
    row = {
        "quota.0.code": "jung",
        "quota.0.expression": 'q1 == "a1"',
        "quota.0.wanted": "5",
        "quota.0.message.de": "Voll",
    }
    assert send(desk, url, quotas="2", **row).status_code == 303
    session.rollback()
    quota = session.query(Quota).one()
    assert (quota.code, quota.wanted, quota.message) == ("jung", 5, {"de": "Voll"})
    quota.taken = 3
    session.commit()
    for wrong in ({"quota.0.wanted": "2"}, {"quota.0.wanted": "x"}, {"quota.0.code": "1"}, {"quota.0.expression": ""},
                  {"quota.1.code": "jung", "quota.1.expression": "true", "quota.1.wanted": "1"}):  # fmt: skip
        assert send(desk, url, quotas="2", **row | wrong).status_code == 422, wrong
    assert send(desk, url, quotas="1", **row | {"quota.0.wanted": "9"}).status_code == 303
    session.rollback()
    assert session.query(Quota.wanted, Quota.taken).all() == [(9, 3)]
    assert send(desk, url, quotas="0").status_code == 303
    session.rollback()
    assert session.query(Quota).count() == 0


def test_quotas_of_an_open_survey_are_for_those_who_run_it_and_can_be_followed(
    browse, admin, moderator, database, town, session
):
    open_survey(database, town, anonymity="pseudonymous")
    row = {"quota.0.code": "alle", "quota.0.expression": "true", "quota.0.wanted": "1"}
    url = f"{SETUP}kontingente"
    assert send(browse(moderator), url, quotas="1", **row).status_code == 409
    desk = browse(admin)
    for wrong in ("q1 +", "q1 + 1", "q9 == 1"):
        assert send(desk, url, quotas="1", **row | {"quota.0.expression": wrong}).status_code == 422, wrong
    assert session.query(Quota).count() == 0
    assert send(desk, url, quotas="1", **row).status_code == 303
    session.rollback()
    assert session.query(Quota.code).all() == [("alle",)]


def test_sealed_levels_have_no_quotas(browse, admin, database, town, session):
    draft(database, town)
    desk = browse(admin)
    row = {"quota.0.code": "jung", "quota.0.expression": "true", "quota.0.wanted": "5"}
    assert send(desk, f"{SETUP}kontingente", quotas="1", **row).status_code == 409
    assert session.query(Quota).count() == 0


def test_words_are_mended_and_versions_published_by_their_page(browse, admin, database, town, session):
    open_survey(database, town)
    desk = browse(admin)
    press(desk, f"{BASE}texte", "", **{"title.de": "Sicher hin und zurück"})
    assert "1 Text lautet anders" in desk.get(VERSION).text
    mended = desk.post(f"{VERSION}/texte", data=fields(desk.get(VERSION).text, "fassung/texte"))
    assert mended.location == f"{VERSION}?done=mended"
    assert "Ada Siel" in desk.get(VERSION).text
    survey = survey_of(session)
    assert lookup.asked(session, survey.id, 1).definition.title == {"de": "Sicher hin und zurück"}
    press(desk, f"{BASE}frage/q1", "stay", code="wie")
    shown = desk.get(VERSION).text
    assert 'value="q1"' in shown
    assert "mischen sich nur untereinander" in shown
    published = desk.post(VERSION, data=fields(shown, "fassung"))
    assert published.location == f"{VERSION}?done=published", published.text
    session.rollback()
    assert session.query(Version.number, Version.mapping).order_by(Version.number).all()[1] == (
        2,
        {"q1": "wie", "q1/a1": "wie/a1", "q1/a2": "wie/a2", "q1/a3": "wie/a3"},
    )
    assert (
        send(
            desk, VERSION, revision=str(stored_revision(session)), pairs="1", **{"old.0": "x", "new.0": "y"}
        ).status_code
        == 409
    )


def stored_revision(session):
    session.rollback()
    return session.query(Survey.revision).scalar()


def test_a_kind_that_changed_is_refused_with_a_sentence(browse, admin, database, town, session):
    open_survey(database, town)
    desk = browse(admin)
    press(desk, f"{BASE}frage/q2", "stay", kind="number")
    shown = desk.get(VERSION).text
    assert "anderes Kürzel" in shown
    assert "veröffentlichen</button>" not in shown
    assert send(desk, VERSION, revision=str(stored_revision(session))).status_code == 422
    assert session.query(Version).count() == 1
    assert stored(session)["pages"]
