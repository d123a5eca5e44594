"""Objecting: in time, once, by whoever it concerns, and in the queue at once."""

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import BaukastenError, Conflict, Invalid, NotFound
from baukasten.moderation import deciding
from baukasten.moderation.appeals import filing
from baukasten.moderation.models import Appeal, Case, Decision, Measure
from baukasten.moderation.steps import Step
from baukasten_forum.writing import withdrawing
from tests.core.moderation.appeals.conftest import HIDE, SETTLED, WHY, ZONE, later, lines


@pytest.fixture
def object_to(session):
    """File an author's appeal some time after the decision."""

    def do(member, decision_id, body=WHY, after=SETTLED):
        with clock.turned(clock.now() + after):
            appeal = filing.by_author(session, member, decision_id, body, ZONE)
            session.commit()
        return appeal

    return do


def test_an_appeal_is_a_case_of_its_own(session, decide, reply, anna, moderator, object_to):
    decision_id = decide(reply)
    appeal = object_to(anna, decision_id)
    assert (appeal.decision_id, appeal.appellant_id, appeal.decision_actor_id, appeal.body) == (
        decision_id,
        anna.id,
        moderator.id,
        WHY,
    )
    (case,) = session.scalars(select(Case).where(Case.appeal_id == appeal.id))
    decided = session.get_one(Decision, (session.tenant_id, decision_id))
    assert (case.cause, case.content_type, case.content_id) == ("appeal", "forum.post", reply.post_id)
    assert (case.author_id, case.closed_at, decided.case_id) == (anna.id, None, None)
    assert case.module_id is not None
    assert case.project_id is not None
    assert case.due_at > case.created_at
    assert lines(session, anna)[0][:2] == (
        "moderation.appeal_arrived",
        f"/konto/entscheidungen/{decision_id}",
    )
    assert audit.entries(session)[0].action == "moderation.appeal.file"


def test_a_report_of_the_same_contribution_has_its_own_case(
    session, decide, reply, anna, ben, report, object_to
):
    object_to(anna, decide(reply, Step(Measure.FOLD, HIDE.rule, HIDE.facts)))
    report(reply, ben)
    causes = session.scalars(select(Case.cause).where(Case.closed_at.is_(None)).order_by(Case.id)).all()
    assert causes == ["appeal", "reported"]


@pytest.mark.parametrize("body", ["", " " * 20, "zu kurz", "x" * 4_001, "         9"])
def test_ten_to_four_thousand_characters(session, decide, reply, anna, object_to, body):
    with pytest.raises(Invalid):
        object_to(anna, decide(reply), body)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Case)) == 0


@pytest.mark.parametrize("body", ["x" * 10, "x" * 4_000])
def test_the_bounds_themselves_are_taken(decide, reply, anna, object_to, body):
    assert object_to(anna, decide(reply), body).body == body


def test_a_second_appeal_is_refused(session, decide, reply, anna, object_to):
    decision_id = decide(reply)
    object_to(anna, decision_id)
    with pytest.raises(Conflict, match="already"):
        object_to(anna, decision_id)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Appeal)) == 1


def test_fifty_at_once_make_one(database, town, session, decide, reply, anna):
    decision_id = decide(reply)
    start, told = threading.Barrier(50), []

    def run():
        start.wait()
        with database.session(town.id) as own:
            try:
                filing.by_author(own, anna, decision_id, WHY, ZONE)
                own.commit()
                told.append("")
            except BaukastenError as error:
                told.append(str(error))

    with later(seconds=20):
        threads = [threading.Thread(target=run) for _ in range(50)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert sorted(told) == ["", *["You have appealed already."] * 49]
    counted = [session.scalar(select(func.count()).select_from(one)) for one in (Appeal, Case)]
    assert counted == [1, 1]


@pytest.mark.parametrize(("day", "taken"), [("2027-02-28T22:30Z", True), ("2027-02-28T23:30Z", False)])
def test_six_months_end_with_the_day_in_the_town(session, decide, reply, anna, day, taken):
    with clock.turned(dt.datetime(2026, 8, 31, 9, tzinfo=dt.UTC)):
        decision_id = decide(reply)
    with clock.turned(dt.datetime.fromisoformat(day)):
        if taken:
            assert filing.by_author(session, anna, decision_id, WHY, ZONE).id
        else:
            with pytest.raises(Conflict, match="time to appeal is over"):
                filing.by_author(session, anna, decision_id, WHY, ZONE)


def test_only_what_is_decided_for_good_and_about_oneself(
    session, decide, reply, anna, ben, moderator, object_to
):
    decision_id = decide(reply)
    for member, after in ((anna, dt.timedelta(seconds=5)), (ben, SETTLED), (moderator, SETTLED)):
        with pytest.raises(NotFound):
            object_to(member, decision_id, after=after)
    deciding.undo(session, moderator, decision_id)
    session.commit()
    with pytest.raises(NotFound):
        object_to(anna, decision_id)


def test_there_is_nothing_to_object_to_in_a_gentle_decision(decide, reply, anna, object_to):
    with pytest.raises(NotFound):
        object_to(anna, decide(reply, Step(Measure.KEEP)))


def test_what_its_author_took_back_needs_no_answer(session, forum, decide, reply, topic, anna, object_to):
    decision_id = decide(reply, Step(Measure.FOLD, HIDE.rule, HIDE.facts))
    appeal = object_to(anna, decision_id)
    withdrawing.withdraw(session, anna, forum, reply.topic_id, reply.number)
    session.commit()
    session.refresh(appeal)
    assert (appeal.outcome, appeal.answer, appeal.decided_by) == ("void", "", None)
    assert session.scalars(select(Case.closed_at)).one() is not None


class TestReporters:
    @pytest.fixture
    def refused(self, decide, reply, report):
        def do(by):
            receipt = report(reply, by)
            return receipt, decide(reply, Step(Measure.KEEP))

        return do

    def object(self, session, receipt, after=SETTLED):
        with clock.turned(clock.now() + after):
            appeal = filing.by_reporter(session, receipt, WHY, ZONE)
            session.commit()
        return appeal

    def test_a_member_whose_report_was_refused(self, session, ben, refused):
        receipt, decision_id = refused(ben)
        appeal = self.object(session, receipt)
        assert (appeal.side, appeal.appellant_id, appeal.decision_id) == ("reporter", ben.id, decision_id)
        told = lines(session, ben)[0]
        assert told[:2] == ("moderation.appeal_arrived", f"/meldung/quittung/{receipt}/widerspruch")
        # The log may be read by whoever was reported.
        assert audit.entries(session)[0].actor_id is None

    def test_a_guest_by_the_receipt(self, session, refused):
        receipt, _decision = refused(None)
        assert self.object(session, receipt).appellant_id is None
        with pytest.raises(Conflict, match="already"):
            self.object(session, receipt)

    def test_each_reporter_of_a_case_once(self, session, decide, reply, report, ben):
        first, other = report(reply, ben), report(reply, None)
        decide(reply, Step(Measure.KEEP))
        assert [self.object(session, one).side for one in (first, other)] == ["reporter"] * 2

    def test_a_report_that_was_right_or_is_open_or_nobodys(self, session, decide, reply, report, ben):
        receipt = report(reply, ben)
        with pytest.raises(NotFound):
            self.object(session, receipt)
        decide(reply)
        for one in (receipt, "gibt-es-nicht"):
            with pytest.raises(NotFound):
                self.object(session, one)

    def test_not_while_the_decision_can_be_taken_back(self, session, ben, refused):
        receipt, _decision = refused(ben)
        with pytest.raises(NotFound):
            self.object(session, receipt, dt.timedelta(seconds=5))
