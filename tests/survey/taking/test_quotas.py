"""Quotas fill up exactly, however many come at once; who belongs to several never waits for somebody in a circle."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from baukasten_survey.access.admission import Right, digest
from baukasten_survey.keys import AdmissionKind
from baukasten_survey.models import Admission, Quota, Response, Survey
from baukasten_survey.surveys import lookup
from baukasten_survey.taking import quotas, service
from baukasten_survey.taking.service import Filled
from tests.survey.conftest import definition, open_survey, options, page, question

ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2")),
        question("q2", "single", options=options("b1")),
    )
)
MANY, WANTED, THREADS = 300, 50, 10
"""As many threads as the pool has connections before it opens more."""


@pytest.fixture
def survey_id(database, town, session):
    module = open_survey(database, town, ASKED, anonymity="pseudonymous")
    return lookup.of_module(session, module.id).id


def limit(session, survey_id, **wanted):
    for code, (expression, most) in wanted.items():
        session.add(
            Quota(survey_id=survey_id, code=code, expression=expression, wanted=most, message={"de": code})
        )
    session.commit()


def take(database, town, survey_id, number, answers):
    """Take one answer in a transaction of its own; gives the name of the full quota, or nothing."""
    with database.session(town.id) as session:
        survey = session.get_one(Survey, (town.id, survey_id))
        asked = lookup.asked(session, survey_id, 1)
        right = Right(AdmissionKind.VISIT, digest(session, survey_id, AdmissionKind.VISIT, str(number)))
        try:
            service.take(session, survey, asked, right, Filled(answers))
        except quotas.Full as full:
            session.rollback()
            return full.by_language["de"]
        session.commit()
        return ""


def crowd(database, town, survey_id, count, answers):
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda one: take(database, town, survey_id, one, answers(one)), range(count)))


def state(session, survey_id):
    """Give what the quotas have counted, how many responses there are, and how many rights are spent."""
    session.rollback()
    counted = session.scalars(
        select(Quota.taken).where(Quota.survey_id == survey_id).order_by(Quota.id)
    ).all()
    kept, spent = (session.scalar(select(func.count()).select_from(one)) for one in (Response, Admission))
    return list(counted), kept, spent


def test_fifty_of_three_hundred_at_once_are_taken(database, town, session, survey_id):
    limit(session, survey_id, a1=('q1 == "a1"', WANTED))
    told = crowd(database, town, survey_id, MANY, lambda _number: {"q1": "a1"})
    assert (told.count(""), told.count("a1")) == (WANTED, MANY - WANTED)
    # Who was refused keeps the right to answer.
    assert state(session, survey_id) == ([WANTED], WANTED, WANTED)


def test_who_belongs_to_two_quotas_never_locks_another_out(database, town, session, survey_id):
    limit(session, survey_id, first=('q1 == "a1"', 40), second=('q2 == "b1"', 30))
    sorts = ({"q1": "a1", "q2": "b1"}, {"q2": "b1", "q1": "a1"}, {"q1": "a1"}, {"q2": "b1"})
    told = crowd(database, town, survey_id, 160, lambda number: sorts[number % 4])
    # Of each sort alone come as many as its quota wants, so both are full in the end.
    assert state(session, survey_id) == ([40, 30], told.count(""), told.count(""))
    assert set(told) == {"", "first", "second"}


def test_who_belongs_to_no_quota_is_always_taken(database, town, session, survey_id):
    limit(session, survey_id, none=('q1 == "a1"', 0))
    assert take(database, town, survey_id, 1, {"q1": "a2"}) == ""
    assert take(database, town, survey_id, 2, {}) == ""
    assert take(database, town, survey_id, 3, {"q1": "a1"}) == "none"
    assert state(session, survey_id) == ([0], 2, 2)
