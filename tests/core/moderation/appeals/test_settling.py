"""Answering appeals: by somebody else, once, and what was wrong is undone as if it had never been."""

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from baukasten import clock
from baukasten.access import members
from baukasten.audit import service as audit
from baukasten.errors import BaukastenError, Denied, Invalid, NotFound
from baukasten.moderation import cases, deciding, service
from baukasten.moderation.appeals import filing, settling
from baukasten.moderation.models import Appeal, Case, CaseCause, Decision, Measure, Report
from baukasten.moderation.people import standing
from baukasten.moderation.steps import AlreadyDecided, Claimed, Step
from baukasten.plugin.refs import Role, Standing, Visibility
from baukasten_forum import service as forum_service
from baukasten_forum.models import Topic
from tests.core.moderation.appeals.conftest import HIDE, SETTLED, WHY, ZONE, later, lines, ref_of

ANSWER = "Wir haben das Stück gelesen."
NOTE = Step(Measure.NOTE, HIDE.rule, HIDE.facts, public_text="Bitte sachlich bleiben.")


@pytest.fixture
def appealed(session):
    """Object as the author; gives the number of the appeal's case."""

    def do(member, decision_id):
        with clock.turned(clock.now() + SETTLED):
            appeal = filing.by_author(session, member, decision_id, WHY, ZONE)
            session.commit()
        return session.scalar(select(Case.id).where(Case.appeal_id == appeal.id))

    return do


@pytest.fixture
def refused(session, decide, reply, report):
    """A report that was refused, and its reporter's appeal: case, receipt."""

    def do(by):
        receipt = report(reply, by)
        decide(reply, Step(Measure.KEEP))
        with clock.turned(clock.now() + SETTLED):
            appeal = filing.by_reporter(session, receipt, WHY, ZONE)
            session.commit()
        return session.scalar(select(Case.id).where(Case.appeal_id == appeal.id)), receipt

    return do


@pytest.fixture
def settle(session, second):
    """Answer an appeal, as the second moderator unless said otherwise."""

    def do(case_id, by=second, *, granted=True, answer=ANSWER):
        appeal = settling.settle(session, by, case_id, granted=granted, answer=answer)
        session.commit()
        return appeal

    return do


def state(session, written):
    return service.find(session, ref_of(written)).visibility


def counts(session, topic):
    """Give what lists and counts say of the topic."""
    columns = (Topic.replies, Topic.last_number, Topic.next_number, Topic.visibility)
    return tuple(session.execute(select(*columns).where(Topic.id == topic.topic_id)).one())


@pytest.mark.parametrize(
    "step",
    [HIDE, NOTE, *(Step(one, HIDE.rule, HIDE.facts) for one in (Measure.FOLD, Measure.REMOVE, Measure.ASK))],
    ids=lambda step: step.measure.value,
)
def test_what_was_wrong_is_undone(session, topic, reply, anna, decide, appealed, settle, step):
    before = counts(session, topic)
    decision_id = decide(reply, step)
    case_id = appealed(anna, decision_id)
    appeal = settle(case_id)
    assert (appeal.outcome, appeal.answer) == ("granted", ANSWER)
    assert state(session, reply) is Visibility.PUBLISHED
    assert counts(session, topic) == before
    assert service.reasons(session, "forum.post", [reply.post_id]) == {}
    undone = session.scalars(select(Decision).where(Decision.reverses == decision_id)).one()
    assert (undone.measure, undone.actor_id, undone.subject_id, undone.case_id) == (
        "restore",
        appeal.decided_by,
        anna.id,
        case_id,
    )
    assert session.get_one(Case, (session.tenant_id, case_id)).closed_at is not None
    kind, path, data = lines(session, anna)[0]
    assert (kind, path) == ("moderation.appeal_settled", f"/konto/entscheidungen/{decision_id}")
    assert (data["granted"], data["answer"], data["what"]) == (
        True,
        ANSWER,
        "Your contribution is back in its place.",
    )
    assert audit.entries(session)[0].action == "moderation.appeal.granted"


def test_the_opening_post_brings_its_topic_back(session, topic, anna, decide, appealed, settle):
    before = counts(session, topic)
    case_id = appealed(anna, decide(topic))
    assert counts(session, topic) != before
    settle(case_id)
    assert counts(session, topic) == before


def test_what_was_folded_before_is_folded_again(session, anna, reply, decide, appealed, settle):
    decide(reply, Step(Measure.FOLD, HIDE.rule, HIDE.facts))
    settle(appealed(anna, decide(reply)))
    assert state(session, reply) is Visibility.FOLDED
    assert service.reasons(session, "forum.post", [reply.post_id])[reply.post_id].measure == "fold"


def test_what_was_rejected_comes_into_view_for_the_first_time(
    session, forum, topic, anna, reply, moderator, appealed, settle
):
    held = forum_service.reply(session, anna, forum, topic.topic_id, body="Und noch etwas dazu")
    session.execute(
        text("UPDATE forum_post SET visibility = 'held', number = NULL WHERE id = :id"), {"id": held.post_id}
    )
    session.execute(
        text("UPDATE forum_topic SET next_number = 3, last_number = 2, replies = 1 WHERE id = :id"),
        {"id": topic.topic_id},
    )
    case_id = cases.open_case(session, ref_of(held), CaseCause.HELD, note="Wort")
    decision = deciding.decide(session, moderator, case_id, Step(Measure.REJECT, HIDE.rule, HIDE.facts))
    session.commit()
    settle(appealed(anna, decision.id))
    number = session.scalar(text("SELECT number FROM forum_post WHERE id = :id"), {"id": held.post_id})
    assert (state(session, held), number) == (Visibility.PUBLISHED, 3)


def test_a_newer_decision_stays(session, anna, reply, decide, appealed, settle):
    folded = decide(reply, Step(Measure.FOLD, HIDE.rule, HIDE.facts))
    case_id = appealed(anna, folded)
    decide(reply, Step(Measure.REMOVE, "Keine Werbung", "Wirbt für ein Geschäft."))
    assert settle(case_id).outcome == "granted"
    assert state(session, reply) is Visibility.REMOVED
    assert lines(session, anna)[0][2]["what"].startswith("Another decision stands against it")
    assert (
        session.scalar(select(func.count()).select_from(Decision).where(Decision.reverses.is_not(None))) == 0
    )


def test_what_was_shown_again_meanwhile_stays_shown(session, anna, reply, decide, appealed, settle):
    case_id = appealed(anna, decide(reply))
    decide(reply, Step(Measure.RESTORE))
    settle(case_id)
    assert state(session, reply) is Visibility.PUBLISHED


def test_refusing_leaves_everything_and_answers(session, anna, reply, decide, appealed, settle):
    decision_id = decide(reply)
    appeal = settle(appealed(anna, decision_id), granted=False)
    assert (appeal.outcome, state(session, reply)) == ("refused", Visibility.HIDDEN)
    _kind, _path, data = lines(session, anna)[0]
    assert (data["granted"], data["answer"]) == (False, ANSWER)
    assert audit.entries(session)[0].action == "moderation.appeal.refused"


@pytest.mark.parametrize("answer", ["", "   ", "x" * 4_001])
def test_no_answer_no_decision(session, anna, reply, decide, appealed, settle, answer):
    case_id = appealed(anna, decide(reply))
    with pytest.raises(Invalid):
        settle(case_id, answer=answer)
    assert session.get_one(Case, (session.tenant_id, case_id)).closed_at is None


class TestByAnother:
    def test_who_decided_does_not_answer(self, session, anna, reply, decide, appealed, settle, moderator):
        case_id = appealed(anna, decide(reply))
        with pytest.raises(Denied, match="Somebody else"):
            settle(case_id, by=moderator)
        session.rollback()
        assert state(session, reply) is Visibility.HIDDEN

    def test_who_confirmed_does_not_answer(
        self, session, anna, reply, report, moderator, second, appealed, settle
    ):
        report(reply, None)
        case_id = session.scalar(select(Case.id))
        decision = deciding.decide(session, moderator, case_id, HIDE, second=second)
        session.commit()
        appeal_case = appealed(anna, decision.id)
        with pytest.raises(Denied):
            settle(appeal_case, by=second)

    def test_who_objects_does_not_answer(self, session, forum, decide, appealed, settle, second):
        own = forum_service.open_topic(session, second, forum, title="Eigenes", body="Ein Text")
        session.commit()
        case_id = appealed(second, decide(own))
        with pytest.raises(Denied):
            settle(case_id, by=second)

    def test_who_wrote_does_not_answer_a_reporters_appeal(
        self, session, forum, decide, report, ben, settle, second
    ):
        own = forum_service.open_topic(session, second, forum, title="Eigenes", body="Ein Text")
        session.commit()
        receipt = report(own, ben)
        decide(own, Step(Measure.KEEP))
        with later(seconds=20):
            appeal = filing.by_reporter(session, receipt, WHY, ZONE)
            session.commit()
        case_id = session.scalar(select(Case.id).where(Case.appeal_id == appeal.id))
        with pytest.raises(Denied):
            settle(case_id, by=second)

    def test_who_reported_does_not_answer(self, reply, report, second, anna, decide, appealed, settle):
        report(reply, second)
        with pytest.raises(Denied):
            settle(appealed(anna, decide(reply)), by=second)

    @pytest.mark.parametrize("who", ["decision_actor_id", "decision_second_id", "appellant_id"])
    def test_the_database_holds_it_too(self, session, anna, reply, decide, appealed, second, who):
        appealed(anna, decide(reply))
        values = {"who": second.id}
        # The names come from the test's own list.
        session.execute(text(f"UPDATE moderation_appeal SET {who} = :who"), values)  # noqa: S608
        settled = "UPDATE moderation_appeal SET outcome = 'granted', answer = 'x', decided_by = :who"
        with pytest.raises(IntegrityError, match="another"):
            session.execute(text(settled), values)

    def test_the_database_wants_an_answer(self, session, anna, reply, decide, appealed):
        appealed(anna, decide(reply))
        with pytest.raises(IntegrityError, match="answer"):
            session.execute(text("UPDATE moderation_appeal SET outcome = 'refused', answer = ' '"))

    def test_others_are_those_who_had_no_part(
        self, session, anna, reply, decide, appealed, moderator, second, admin
    ):
        found = settling.disputed(session, appealed(anna, decide(reply)))
        assert found.barred == {anna.id, moderator.id}
        assert settling.others(session, found.barred) == [second.id, admin.id]

    def test_a_town_is_told_when_nobody_may_answer(
        self, session, client, sign_in, anna, reply, decide, appealed
    ):
        decision = session.get_one(Decision, (session.tenant_id, decide(reply)))
        appealed(anna, decision.id)
        assert settling.stuck(session) == 1
        sign_in(client, members.ref(session, decision.actor_id))
        assert "An appeal waits that nobody here may answer" in client.get("/en/verwaltung/").text

    def test_another_moderator_is_enough(self, session, anna, reply, decide, appealed, second):
        appealed(anna, decide(reply))
        assert settling.stuck(session) == 0
        assert second.id


class TestOnce:
    def test_an_answered_appeal_says_by_whom(self, anna, reply, decide, appealed, settle, admin):
        case_id = appealed(anna, decide(reply))
        settle(case_id)
        with pytest.raises(AlreadyDecided, match="Maike has answered"):
            settle(case_id, by=admin, granted=False)

    def test_two_at_once_are_one(self, database, session, anna, reply, decide, appealed, second, admin):
        case_id, town = appealed(anna, decide(reply)), session.tenant_id
        start, told = threading.Barrier(2), []

        def run(member, granted):
            start.wait()
            with database.session(town) as own:
                try:
                    settling.settle(own, member, case_id, granted=granted, answer=ANSWER)
                    own.commit()
                    told.append("done")
                except BaukastenError as error:
                    told.append(type(error).__name__)

        threads = [threading.Thread(target=run, args=one) for one in ((second, True), (admin, False))]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert sorted(told) == ["AlreadyDecided", "done"]
        appeal = session.scalars(select(Appeal)).one()
        assert (state(session, reply) is Visibility.PUBLISHED) == (appeal.outcome == "granted")

    def test_a_case_that_a_colleague_holds_is_hers(
        self, session, anna, reply, decide, appealed, settle, admin, second
    ):
        case_id = appealed(anna, decide(reply))
        session.get_one(Case, (session.tenant_id, case_id)).holder_id = admin.id
        session.commit()
        with pytest.raises(Claimed, match="Ada"):
            settle(case_id, by=second)

    def test_it_is_no_case_for_the_ladder(self, session, anna, reply, decide, appealed, second):
        case_id = appealed(anna, decide(reply))
        with pytest.raises(Denied):
            deciding.decide(session, second, case_id, Step(Measure.RESTORE))

    def test_another_towns_appeal_is_not_there(
        self, database, other_town, new_member, anna, reply, decide, appealed
    ):
        case_id = appealed(anna, decide(reply))
        stranger = new_member(Role.MODERATOR, where=other_town)
        with database.session(other_town.id) as own, pytest.raises(NotFound):
            settling.settle(own, stranger, case_id, granted=True, answer=ANSWER)


class TestReporters:
    def test_a_report_that_was_right_is_looked_at_again(self, session, refused, settle, ben, second, reply):
        case_id, receipt = refused(ben)
        settle(case_id)
        report = session.scalars(select(Report)).one()
        again = session.get_one(Case, (session.tenant_id, report.case_id))
        assert (again.cause, again.closed_at, again.holder_id, again.held_until) == (
            "reported",
            None,
            second.id,
            None,
        )
        assert again.note
        assert (report.outcome, report.decision_id, report.settled_at) == (None, None, None)
        kind, path, data = lines(session, ben)[0]
        assert (kind, path) == ("moderation.appeal_settled", f"/meldung/quittung/{receipt}/widerspruch")
        assert data["what"] == "Your report is looked at again, by somebody else."
        decision = deciding.decide(session, second, again.id, HIDE)
        session.commit()
        session.refresh(report)
        assert (report.outcome, report.decision_id) == ("granted", decision.id)
        assert state(session, reply) is Visibility.HIDDEN

    def test_whoever_reported_again_meanwhile_is_no_obstacle(
        self, session, refused, settle, report, reply, ben
    ):
        case_id, _receipt = refused(ben)
        report(reply, ben, explanation="Noch einmal")
        settle(case_id)
        rows = session.execute(select(Report.case_id, Report.outcome)).all()
        assert len(rows) == 2
        assert len(set(rows)) == 1

    def test_a_refusal_leaves_the_report(self, session, refused, settle, ben):
        case_id, _receipt = refused(ben)
        settle(case_id, granted=False)
        assert session.scalars(select(Report.outcome)).one() == "refused"
        assert lines(session, ben)[0][2]["granted"] is False

    def test_a_guest_is_told_on_the_page_alone(self, session, refused, settle, anna):
        case_id, receipt = refused(None)
        settle(case_id, granted=False)
        with later(seconds=30):
            found = filing.reported(session, receipt, ZONE)
        assert found.appeal is not None
        assert (found.appeal.outcome, found.appeal.answer, found.may_appeal) == ("refused", ANSWER, False)
        assert lines(session, anna) == []

    def test_the_author_never_hears_of_it(self, session, refused, settle, ben, anna):
        case_id, _receipt = refused(ben)
        settle(case_id)
        assert lines(session, anna) == []


class TestPeople:
    def judged(self, session, by, member, measure, until=None, module_id=None):
        step = Step(measure, HIDE.rule, HIDE.facts, until=until, module_id=module_id)
        decision = standing.judge(session, by, member.id, step)
        session.commit()
        return decision.id

    @pytest.mark.parametrize("measure", [Measure.MUTE, Measure.SUSPEND])
    def test_a_person_is_free_again(self, session, anna, moderator, appealed, settle, measure):
        until = clock.now() + dt.timedelta(days=3)
        decision_id = self.judged(session, moderator, anna, measure, until)
        assert members.ref(session, anna.id).standing is not Standing.ACTIVE
        settle(appealed(anna, decision_id))
        session.expire_all()
        assert members.ref(session, anna.id).standing is Standing.ACTIVE
        assert lines(session, anna)[0][2]["what"] == "The measure against you is lifted."
        undone = session.scalars(select(Decision).where(Decision.reverses == decision_id)).one()
        assert (undone.measure, undone.subject_id) == ("free", anna.id)

    def test_a_newer_measure_stays(self, session, anna, moderator, admin, appealed, settle):
        until = clock.now() + dt.timedelta(days=3)
        case_id = appealed(anna, self.judged(session, moderator, anna, Measure.MUTE, until))
        self.judged(session, admin, anna, Measure.SUSPEND, until)
        settle(case_id)
        session.expire_all()
        assert members.ref(session, anna.id).standing is Standing.SUSPENDED

    def test_one_in_a_module_ends_there_and_no_other_does(
        self, session, forum, anna, moderator, appealed, settle
    ):
        until = clock.now() + dt.timedelta(days=3)
        inside = self.judged(session, moderator, anna, Measure.MUTE, until, forum.id)
        self.judged(session, moderator, anna, Measure.MUTE, until)
        settle(appealed(anna, inside))
        session.expire_all()
        freed = members.ref(session, anna.id)
        assert (freed.limits, freed.standing) == ((), Standing.MUTED)

    def test_a_warning_has_nothing_to_undo(self, session, anna, moderator, appealed, settle):
        case_id = appealed(anna, self.judged(session, moderator, anna, Measure.WARN))
        assert settle(case_id).outcome == "granted"
        assert lines(session, anna)[0][2]["what"] == "Nothing limits you any more."

    def test_a_measure_whose_time_is_over_too(self, session, anna, moderator, appealed, settle):
        decision_id = self.judged(session, moderator, anna, Measure.MUTE, clock.now() + dt.timedelta(days=3))
        with later(days=5):
            assert settle(appealed(anna, decision_id)).outcome == "granted"
