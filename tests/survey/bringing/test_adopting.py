"""Settings and quotas of a file are taken over where there is one here, and named where there is none."""

import datetime as dt

import pytest

from baukasten.sdk import clock
from baukasten_survey.bringing.taking import Place, take_questions
from baukasten_survey.models import Quota, Survey
from baukasten_survey.transfer.importing import read_survey
from tests.survey.transfer.lime_files import Made, structure, table

QUOTA = table(
    "quota", [{"id": 1, "sid": 4711, "name": "Walkers", "qlimit": 10, "action": 1, "active": 1}]
) + table("quota_members", [{"id": 1, "sid": 4711, "qid": 1, "quota_id": 1, "code": "foot"}])


def adopted(place, admin, *more, quota="", **survey):
    """Take a file with these settings; gives the survey, its quotas and the sentences."""
    data = structure(Made("way", "L", answers=["foot", "bike"]), *more, survey=survey, more=quota)

    def deed(session):
        found = read_survey("x.lss", data)
        where = Place(admin, place.module, 1, "Europe/Berlin")
        notes = [str(one.message) for one in (*found.notes, *take_questions(session, where, found))]
        session.flush()
        made = session.query(Survey).one()
        quotas = session.query(Quota.code, Quota.expression, Quota.wanted).all()
        return (made.access, made.anonymity, made.opens_at, made.closes_at), quotas, notes

    return place.on(deed)


def test_invited_people_and_times(place, admin):
    year = clock.now().year + 1
    settings, _quotas, _notes = adopted(
        place, admin, anonymized="Y", usetokens="Y",
        startdate=f"{year}-07-01 08:00:00", expires=f"{year}-08-01 08:00:00",
    )  # fmt: skip
    opens, closes = (dt.datetime(year, month, 1, 6, tzinfo=dt.UTC) for month in (7, 8))
    assert settings == ("code", "separated", opens, closes)


@pytest.mark.parametrize(
    ("survey", "level"),
    [
        ({"anonymized": "Y"}, "separated"),
        ({"anonymized": "N"}, "separated"),
        ({"anonymized": "N", "alloweditaftercompletion": "Y"}, "pseudonymous"),
        ({"anonymized": "I"}, "separated"),
    ],
)
def test_levels(place, admin, survey, level):
    assert adopted(place, admin, **survey)[0][1] == level


def test_quotas_come_where_answers_are_not_sealed(place, admin):
    settings, quotas, _notes = adopted(place, admin, quota=QUOTA, anonymized="N")
    assert (settings[1], quotas) == ("pseudonymous", [("quota1", 'way == "foot"', 10)])


def test_quotas_of_anonymous_surveys_are_named(place, admin):
    settings, quotas, notes = adopted(place, admin, quota=QUOTA, anonymized="Y")
    assert (settings[1], quotas) == ("separated", [])
    assert [one for one in notes if "Kontingent" in one or "quota" in one]


def test_what_is_over_is_no_plan_and_the_rest_is_named(place, admin):
    settings, _quotas, notes = adopted(
        place, admin, expires="2020-01-01 00:00:00", startdate="2019-01-01", ipaddr="Y", printanswers="Y", refurl="Y",
        datestamp="Y", savetimings="Y", publicstatistics="Y", showprogress="N", usecaptcha="A",
        emailresponseto="a@b.example",
    )  # fmt: skip
    assert settings[2:] == (None, None)
    assert len(notes) == 10


def test_times_that_cross_leave_the_settings_as_they_were(place, admin):
    year = clock.now().year + 1
    settings, _quotas, notes = adopted(place, admin, anonymized="N", alloweditaftercompletion="Y",
                                       startdate=f"{year}-08-01", expires=f"{year}-07-01")  # fmt: skip
    assert (settings[1], len(notes)) == ("separated", 2)


def test_a_survey_that_was_open_keeps_its_settings(place, admin):
    place.on(lambda session: session.query(Survey).update({"state": "open", "version": 1}))
    settings, _quotas, notes = adopted(place, admin, usetokens="Y")
    assert (settings[0], len(notes)) == ("open", 1)
