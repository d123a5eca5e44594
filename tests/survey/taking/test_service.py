"""One right, one response: at each level, for codes and visits, whoever comes how often and when."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.errors import Closed, Denied
from baukasten_survey.access import codes
from baukasten_survey.access.admission import Right, digest
from baukasten_survey.building import closing, drafts, opening
from baukasten_survey.building.findings import Setting
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import AdmissionKind, Anonymity
from baukasten_survey.models import Admission, Draft, Response, Sealed, Survey
from baukasten_survey.surveys import lookup
from baukasten_survey.taking import service
from baukasten_survey.taking.service import Filled
from tests.survey.conftest import open_survey

MANY, THREADS = 200, 10


def take(database, town, survey_id, kind, secret):
    """Take an answer in a transaction of its own; gives the receipt, and whether it was taken before."""
    with database.session(town.id) as session:
        survey = session.get_one(Survey, (town.id, survey_id))
        asked = lookup.asked(session, survey_id, survey.version or 0)
        right = Right(kind, digest(session, survey_id, kind, secret))
        taken = service.take(
            session, survey, asked, right, Filled({"q1": "a1"}, language="de", flags=["fast"])
        )
        session.commit()
        return taken.receipt, taken.again


def counts(session):
    session.rollback()
    return [session.scalar(select(func.count()).select_from(one)) for one in (Response, Sealed)]


@pytest.mark.parametrize(("level", "stored"), [("pseudonymous", [1, 0]), ("separated", [0, 1])])
def test_one_code_that_two_hundred_send_at_once_counts_once(database, town, session, admin, level, stored):
    module = open_survey(database, town, access="code", anonymity=level)
    survey = lookup.of_module(session, module.id)
    (code,) = codes.hand_out(session, admin, module, survey, 1, "Brief")
    session.commit()
    secret = codes.read(code)
    with ThreadPoolExecutor(THREADS) as pool:
        sent = pool.map(lambda _one: take(database, town, survey.id, AdmissionKind.CODE, secret), range(MANY))
        told = list(sent)
    assert len({receipt for receipt, _again in told}) == 1
    assert [again for _receipt, again in told].count(False) == 1
    assert counts(session) == stored
    assert session.scalars(select(Admission.spent)).all() == [True]


def test_an_unknown_code_takes_nothing(database, town, session):
    module = open_survey(database, town, access="code")
    with pytest.raises(Denied):
        take(database, town, lookup.of_module(session, module.id).id, AdmissionKind.CODE, "7K3PQX0VHM4")
    assert counts(session) == [0, 0]


def test_a_closed_survey_takes_nothing(database, town, session):
    module = open_survey(database, town, state="closed")
    with pytest.raises(Closed):
        take(database, town, lookup.of_module(session, module.id).id, AdmissionKind.VISIT, "x")
    assert counts(session) == [0, 0]


def _trial(session, module):
    """Take an answer of somebody who tries a draft out."""
    survey = lookup.held(session, lookup.of_module(session, module.id).id)
    asked = lookup.Asked(survey.id, 0, parse(survey.definition), 0)
    right = Right(AdmissionKind.VISIT, digest(session, survey.id, AdmissionKind.VISIT, "x"))
    return service.take(session, survey, asked, right, Filled({"q1": "a1"}))


def _open(database, town, module):
    with database.session(town.id) as session:
        survey = lookup.of_module(session, module.id)
        opening.open_survey(session, None, module, survey.revision, Setting(Anonymity(survey.anonymity)))
        session.commit()


def test_a_survey_opens_after_whoever_is_still_trying_it_out(database, town, session):
    module = open_survey(database, town, state="draft")
    _trial(session, module)
    with ThreadPoolExecutor(1) as pool:
        opener = pool.submit(_open, database, town, module)
        with pytest.raises(TimeoutError):
            opener.result(0.3)
        session.commit()
        opener.result(10)
    assert counts(session) == [0, 0]
    assert session.scalars(select(Admission.id)).all() == []


def test_what_was_filled_in_while_trying_out_is_no_answer_once_it_is_open(database, town, session):
    module = open_survey(database, town, state="draft")
    lookup.of_module(session, module.id)
    with database.session(town.id) as opener, ThreadPoolExecutor(1) as pool:
        survey = lookup.of_module(opener, module.id)
        opening.open_survey(opener, None, module, survey.revision, Setting(Anonymity(survey.anonymity)))
        late = pool.submit(_trial, session, module)
        with pytest.raises(TimeoutError):
            late.result(0.3)
        opener.commit()
        with pytest.raises(Closed):
            late.result(10)
    assert counts(session) == [0, 0]


@pytest.mark.parametrize("level", ["pseudonymous", "separated"])
def test_a_survey_closes_without_waiting_in_a_circle_for_whoever_sends(database, town, session, level):
    module = open_survey(database, town, anonymity=level)
    survey_id = lookup.of_module(session, module.id).id
    session.add(Draft(survey_id=survey_id, digest=b"d", blob=b"b", until=clock.now().date()))
    session.commit()
    # Somebody sends: the draft is held, the survey comes next.
    session.scalars(select(Draft).with_for_update()).one()
    with database.session(town.id) as closer, ThreadPoolExecutor(1) as pool:
        closing.shut(closer, None, drafts.locked(closer, module))
        sender = pool.submit(_send, session, survey_id)
        with pytest.raises(TimeoutError):
            sender.result(0.3)
        closer.commit()
        with pytest.raises(Closed):
            sender.result(10)
    assert counts(session) == [0, 0]


@pytest.mark.parametrize("level", ["pseudonymous", "separated"])
def test_who_was_told_before_the_close_is_in_and_nobody_after_it(database, town, session, level):
    module = open_survey(database, town, anonymity=level)
    survey_id = lookup.of_module(session, module.id).id
    begun = threading.Event()

    def answer(number):
        with database.session(town.id) as own:
            try:
                _send(own, survey_id, str(number))
            except Closed:
                return False
            own.commit()
        if number > MANY // 8:
            begun.set()
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        sent = pool.map(answer, range(MANY))
        begun.wait(20)
        with database.session(town.id) as closer:
            closing.shut(closer, None, drafts.locked(closer, module))
            closer.commit()
        at_the_close = sum(counts(session))
        told = list(sent)
    assert told.count(True) == sum(counts(session)) == at_the_close
    assert at_the_close > 0


def _send(session, survey_id, visit="x"):
    survey = lookup.held(session, survey_id)
    right = Right(AdmissionKind.VISIT, digest(session, survey_id, AdmissionKind.VISIT, visit))
    service.take(session, survey, lookup.asked(session, survey_id, 1), right, Filled({"q1": "a1"}))


@pytest.mark.parametrize(("level", "said"), [("pseudonymous", [("de", ["fast"])]), ("separated", [])])
def test_what_is_kept_beside_an_answer_depends_on_the_level(database, town, session, level, said):
    module = open_survey(database, town, anonymity=level)
    take(database, town, lookup.of_module(session, module.id).id, AdmissionKind.VISIT, "x")
    assert [tuple(row) for row in session.execute(select(Response.language, Response.flags))] == said
