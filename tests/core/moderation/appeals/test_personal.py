"""What decisions and appeals keep about people is handed out to them, erased with them, and forgotten in time."""

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import evidence
from baukasten.moderation.appeals import filing, keeping, personal, proof, settling
from baukasten.moderation.models import Appeal, Case, CaseNote, Decision
from baukasten.plugin.work import Work, begin
from baukasten.privacy import erase
from tests.core.moderation.appeals.conftest import HIDE, SETTLED, WHY, ZONE, later

ERASED = {"erased": True}


@pytest.fixture
def appealed(session, anna, decide, reply, report, ben):
    """A decision about Anna's reply, reported by Ben, and her appeal: decision, appeal, case."""
    report(reply, ben, explanation="Ben fühlt sich gemeint")
    decision_id = decide(reply)
    with clock.turned(clock.now() + SETTLED):
        appeal = filing.by_author(session, anna, decision_id, WHY, ZONE)
        session.commit()
    return decision_id, appeal.id, session.scalar(select(Case.id).where(Case.appeal_id == appeal.id))


def decided(session, number):
    session.expire_all()
    return session.get_one(Decision, (session.tenant_id, number))


def test_everybody_gets_what_is_theirs(session, appealed, anna, ben, moderator, second):
    _decision, appeal_id, case_id = appealed
    settling.settle(session, second, case_id, granted=False, answer="Nein.")
    session.commit()
    (about,) = personal.export_about(session, anna.id)
    assert (about["measure"], about["rule"], about["facts"]) == ("hide", HIDE.rule, HIDE.facts)
    assert about["about"]["text"] == "Der Lump soll gehen"
    assert "Ben" not in str(about)
    (appeal,) = personal.export_appeals(session, anna.id)
    assert (appeal["text"], appeal["outcome"], appeal["answer"]) == (WHY, "refused", "Nein.")
    assert [one["measure"] for one in personal.export_taken(session, moderator.id)] == ["hide"]
    assert [one["appeal"] for one in personal.export_taken(session, second.id)] == [appeal_id]
    assert personal.export_about(session, ben.id) == personal.export_appeals(session, ben.id) == []


def test_whoever_leaves_takes_words_and_name_along(session, appealed, anna):
    decision_id, appeal_id, case_id = appealed
    before = decided(session, decision_id).evidence_hash
    erase.erase_member(session, member_id=anna.id)
    session.commit()
    row = decided(session, decision_id)
    assert (row.subject_id, row.evidence, row.evidence_hash) == (None, ERASED, before)
    assert (row.measure, row.rule) == ("hide", HIDE.rule)
    assert proof.check(row) is proof.Check.ERASED
    appeal = session.get_one(Appeal, (session.tenant_id, appeal_id))
    assert (appeal.appellant_id, appeal.body, appeal.outcome) == (None, "", "void")
    case = session.get_one(Case, (session.tenant_id, case_id))
    assert case.closed_at is not None
    assert case.author_id is None


def test_an_answered_appeal_keeps_its_outcome(session, appealed, anna, second):
    _decision, appeal_id, case_id = appealed
    settling.settle(session, second, case_id, granted=True, answer="Stimmt.")
    erase.erase_member(session, member_id=anna.id)
    session.commit()
    session.expire_all()
    appeal = session.get_one(Appeal, (session.tenant_id, appeal_id))
    assert (appeal.outcome, appeal.answer, appeal.body) == ("granted", "Stimmt.", "")


def test_moderators_leave_too(session, appealed, moderator, second):
    decision_id, appeal_id, case_id = appealed
    settling.settle(session, second, case_id, granted=True, answer="Stimmt.")
    for member in (moderator, second):
        erase.erase_member(session, member_id=member.id)
    session.commit()
    row = decided(session, decision_id)
    appeal = session.get_one(Appeal, (session.tenant_id, appeal_id))
    assert (row.actor_id, appeal.decision_actor_id, appeal.decided_by) == (None, None, None)
    assert evidence.digest(row.evidence) == row.evidence_hash


class TestForgetting:
    @pytest.fixture
    def forget(self, database, town):
        def do(**span):
            with later(**span), database.session(town.id) as own:
                begin(own, Work(1, 1, town, frozenset()))
                keeping.forget(own)

        return do

    def settle(self, session, second, case_id):
        settling.settle(session, second, case_id, granted=False, answer="Nein.")
        session.add(CaseNote(case_id=case_id, author_id=second.id, body="Im Archiv gelesen"))
        session.commit()

    def test_texts_go_a_year_after_the_last_day_for_an_appeal(self, session, appealed, forget, second):
        decision_id, appeal_id, case_id = appealed
        self.settle(session, second, case_id)
        forget(days=540)
        assert decided(session, decision_id).evidence["text"] == "Der Lump soll gehen"
        assert session.scalar(select(Appeal.body)) == WHY
        forget(days=556)
        row = decided(session, decision_id)
        assert row.evidence == ERASED
        assert len(row.evidence_hash) == 64
        appeal = session.get_one(Appeal, (session.tenant_id, appeal_id))
        assert (appeal.body, appeal.answer) == ("", "Nein.")
        assert session.scalars(select(CaseNote)).all() == []

    def test_what_is_disputed_stays(self, session, appealed, forget, second):
        decision_id, _appeal, case_id = appealed
        forget(days=600)
        assert decided(session, decision_id).evidence != ERASED
        with later(days=600):
            self.settle(session, second, case_id)
        forget(days=700)
        assert decided(session, decision_id).evidence != ERASED
        forget(days=1_200)
        assert decided(session, decision_id).evidence == ERASED

    def test_again_changes_nothing(self, session, appealed, forget, second):
        decision_id, _appeal, case_id = appealed
        self.settle(session, second, case_id)
        for _time in range(2):
            forget(days=600)
        assert decided(session, decision_id).evidence == ERASED
