"""One right, one response: at each level, for codes and visits, whoever comes how often and when."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from baukasten.errors import Closed, Denied
from baukasten_survey.access import codes
from baukasten_survey.access.admission import Right, digest
from baukasten_survey.keys import AdmissionKind
from baukasten_survey.models import Admission, Response, Sealed, Survey
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


@pytest.mark.parametrize(("level", "said"), [("pseudonymous", [("de", ["fast"])]), ("separated", [])])
def test_what_is_kept_beside_an_answer_depends_on_the_level(database, town, session, level, said):
    module = open_survey(database, town, anonymity=level)
    take(database, town, lookup.of_module(session, module.id).id, AdmissionKind.VISIT, "x")
    assert [tuple(row) for row in session.execute(select(Response.language, Response.flags))] == said
