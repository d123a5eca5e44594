"""Opening and closing: what begins, what vanishes, what is destroyed."""

import contextlib
import datetime as dt

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.sdk import Conflict, Invalid
from baukasten_survey.building import closing, opening
from baukasten_survey.building.findings import Setting
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Admission, Batch, Draft, Quota, Response, Survey, Version
from baukasten_survey.surveys import lookup
from tests.survey.building.conftest import draft
from tests.survey.conftest import NOW, SMALL, definition, page, question

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def opened(database, town, session, admin, morning):
    """Open a survey with these settings."""

    def do(data=None, **values):
        module = draft(database, town, data, **values)
        level = Anonymity(values.get("anonymity", "separated"))
        return module, opening.open_survey(session, admin, module, 1, Setting(level))

    return do


def count(session, model, *which):
    return session.scalar(select(func.count()).select_from(model).where(*which))


def test_opening_makes_the_first_version_and_its_queue(opened, session):
    _module, survey = opened()
    assert (survey.state, survey.version, survey.opens_at) == ("open", 1, NOW)
    version = session.query(Version).one()
    assert (version.number, version.definition, version.mapping) == (1, SMALL, {})
    assert version.sealed_size % 4096 == 0
    assert session.query(Batch.version, Batch.state).all() == [(1, "open")]


@pytest.mark.parametrize(
    ("level", "batches"), [("named", 0), ("pseudonymous", 0), ("separated", 1), ("blind", 1)]
)
def test_only_sealed_levels_have_a_queue(opened, session, level, batches):
    opened(anonymity=level, access="registered")
    assert count(session, Batch) == batches


def test_what_was_tried_out_vanishes_and_codes_are_fresh(database, town, session, admin, morning):
    module = draft(database, town, anonymity="named", access="registered")
    number = lookup.of_module(session, module.id).id
    session.add(Response(survey_id=number, version=0, day=NOW.date(), answers={"q1": "a1"}, test=True))
    session.add(Draft(survey_id=number, digest=b"d", blob=b"x", until=NOW.date()))
    session.add(Quota(survey_id=number, code="jung", expression='q1 == "a1"', wanted=5, taken=2))
    for kind in ("code", "member", "visit"):
        session.add(Admission(survey_id=number, kind=kind, digest=kind.encode(), spent=True))
    session.flush()
    opening.open_survey(session, admin, module, 1, Setting(Anonymity.NAMED))
    session.expire_all()
    assert (count(session, Response), count(session, Draft)) == (0, 0)
    assert session.execute(select(Admission.kind, Admission.spent)).all() == [("code", False)]
    assert session.scalars(select(Quota.taken)).all() == [0]


def test_a_survey_is_opened_once_and_only_as_it_was_seen(session, admin, database, town, morning):
    module = draft(database, town)
    for revision, state in ((2, "draft"), (1, "open"), (1, "open")):
        with contextlib.suppress(Conflict):
            opening.open_survey(session, admin, module, revision, Setting(Anonymity.SEPARATED))
        assert lookup.of_module(session, module.id).state == state
    assert count(session, Version) == 1


def test_the_check_stops_it(opened, session):
    with pytest.raises(Invalid):
        opened(definition(page("p1", question("q1", "single"))))
    assert count(session, Version) == 0


def test_it_opens_and_closes_when_it_was_said(opened, session):
    _module, survey = opened(opens_at=NOW + HOUR, closes_at=NOW + 2 * HOUR)
    assert survey.opens_at == NOW + HOUR
    moments = [lookup.is_running(survey, NOW + one * HOUR) for one in (0, 1, 2)]
    assert moments == [False, True, False]
    with clock.turned(NOW + HOUR):
        closing.close_over(session)
    assert session.scalars(select(Survey.state)).all() == ["open"]
    with clock.turned(NOW + 3 * HOUR):
        closing.close_over(session)
        closing.close_over(session)
    session.expire_all()
    assert session.execute(select(Survey.state, Survey.closed_at)).all() == [("closed", NOW + 3 * HOUR)]
    assert count(session, AuditEntry, AuditEntry.action == "survey.survey.close") == 1


def test_a_time_that_is_over_opens_nothing(opened):
    with pytest.raises(Invalid) as refused:
        opened(closes_at=NOW)
    assert refused.value.errors.keys() == {"closes_at"}


def test_closing_destroys_what_joins_answers_to_people(opened, session, admin):
    module, survey = opened(anonymity="pseudonymous")
    survey.edit_key = b"key"
    session.add(Response(survey_id=survey.id, version=1, day=NOW.date(), answers={}, edit_digest=b"somebody"))
    session.add(Draft(survey_id=survey.id, digest=b"d", blob=b"x", until=NOW.date()))
    session.flush()
    closing.close_by_hand(session, admin, module)
    session.expire_all()
    assert session.execute(select(Survey.state, Survey.edit_key)).all() == [("closed", None)]
    assert session.scalars(select(Response.edit_digest)).all() == [None]
    assert count(session, Draft) == 0
    with pytest.raises(Conflict):
        closing.close_by_hand(session, admin, module)
