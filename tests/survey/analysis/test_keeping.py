"""Many responses are counted by a job whose counts are kept for a day."""

import datetime as dt

import pytest

from baukasten.sdk import clock
from baukasten_survey.analysis import counting, keeping
from baukasten_survey.analysis.models import Kept, Margin
from baukasten_survey.asking import personal
from baukasten_survey.surveys import lookup
from tests.survey.conftest import NOW, definition, open_survey, options, page, publish, question

ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2")),
        question("q2", "yes_no"),
        question("q3", "ranking", options=options("k1", "k2")),
    )
)
ANSWER = {"q1": "a1", "q2": True, "q3": ["k2", "k1"]}


@pytest.fixture
def module(database, town, fill, monkeypatch):
    monkeypatch.setattr(counting, "MANY", 10)
    placed = open_survey(database, town, ASKED, anonymity="named")
    fill(placed, [ANSWER] * 15 + [{"q1": "a2"}] * 3)
    return placed


def people(found):
    return found.painter.tally.all.people


@pytest.mark.usefixtures("morning")
def test_many_are_counted_by_a_job_and_kept(look, module, mailbox, session, fill):
    assert look(module).painter is None
    assert look(module).painter is None
    found = look(module, ("zeile", "q1"), ("spalte", "q2"))
    assert found.painter is None
    mailbox.worker.run_pending()
    first, crossed = look(module), look(module, ("zeile", "q1"), ("spalte", "q2"))
    assert (people(first), first.kept, first.at) == (18, True, NOW)
    assert crossed.crossed().counts.rows[0][1] == "15 (100%)"
    assert first.figures()[0].finding.base == "18 valid answers"
    # It is that of before until somebody wants it anew, or a day is over.
    fill(module, [ANSWER])
    assert people(look(module)) == 18
    keeping.forget(session, lookup.of_module(session, module.id).id)
    session.commit()
    assert look(module).painter is None


def test_whoever_takes_answers_back_takes_them_out_of_what_is_kept(
    look, module, mailbox, session, fill, new_member
):
    member = new_member()
    fill(module, [{"q1": "a2"}], member_id=member.id)
    look(module)
    mailbox.worker.run_pending()
    assert people(look(module)) == 19
    assert personal.erase_answers(session, member.id) == 1
    session.commit()
    assert look(module).painter is None
    mailbox.worker.run_pending()
    assert people(look(module)) == 18


def test_what_is_only_shown_otherwise_is_not_counted_again(look, module, mailbox):
    look(module)
    mailbox.worker.run_pending()
    without = look(module, ("auffaellige", "ohne"), ("neben", "q1"))
    assert (without.kept, people(without)) == (True, 18)


def test_few_are_counted_at_once(look, module):
    found = look(module, ("f", "q1"), ("a.q1", "a2"))
    assert (people(found), found.kept) == (3, False)


def test_counts_are_kept_for_a_day(look, module, mailbox, session):
    with clock.turned(NOW):
        look(module)
        mailbox.worker.run_pending()
        assert look(module).painter is not None
    with clock.turned(NOW + dt.timedelta(days=1, minutes=1)):
        keeping.sweep(session)
        assert session.query(Kept).count() == 0
        assert look(module).painter is None


def test_a_count_that_never_came_is_asked_for_again(look, module, mailbox, session):
    with clock.turned(NOW):
        look(module)
        session.query(Kept).update({"digest": "0" * 64})
        session.commit()
        mailbox.worker.run_pending()
        assert session.query(Kept).one().rows is None
        session.query(Kept).delete()
        session.commit()
    with clock.turned(NOW + keeping.PATIENCE):
        look(module)
        mailbox.worker.run_pending()
        assert look(module).painter is not None


def test_weights_are_made_anew_by_the_job(look, module, mailbox, session, fill):
    survey = lookup.of_module(session, module.id)
    session.add(Margin(survey_id=survey.id, code="q1", shares=[["a1", 1], ["a2", 1]]))
    session.commit()
    assert look(module, ("gewichtet", "1")).painter is None
    mailbox.worker.run_pending()
    found = look(module, ("gewichtet", "1"))
    assert found.painter.table("q1").share("a1") == pytest.approx(0.5)
    assert found.weighed.people == 18
    # Other figures of the population are another question.
    session.query(Margin).update({"shares": [["a1", 3], ["a2", 1]]})
    session.commit()
    assert look(module, ("gewichtet", "1")).painter is None


def test_a_survey_that_changed_meanwhile_is_not_counted_wrongly(look, module, mailbox, session):
    look(module)
    publish(session, lookup.of_module(session, module.id), ASKED)
    session.commit()
    mailbox.worker.run_pending()
    session.expire_all()
    assert session.query(Kept).count() == 0


def test_a_job_without_its_survey_does_nothing(session, module):
    keeping.count(session, 999_999, {"filters": []}, "x")
    assert session.query(Kept).count() == 0
