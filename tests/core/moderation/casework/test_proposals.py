"""The second pair of eyes: one proposes, another one confirms, and no way leads around it."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import members
from baukasten.errors import Conflict, Denied, Invalid
from baukasten.moderation import deciding, service
from baukasten.moderation.casework import proposals
from baukasten.moderation.casework.carrying import Plan
from baukasten.moderation.models import Case, CaseNote, Decision, Measure
from baukasten.moderation.people import standing
from baukasten.moderation.steps import Proposed, SecondNeeded, Step
from baukasten.notify.models import Notice
from baukasten.plugin.refs import Standing, Visibility
from tests.core.moderation.casework.conftest import DESK, WHY

HIDE = Step(Measure.HIDE, "Regel 2", "Greift an", rule_key="respect")
SUSPEND = Step(Measure.SUSPEND, "Regel 2", "Greift zum dritten Mal an")


def decisions(session):
    return session.scalars(select(Decision).order_by(Decision.id)).all()


def test_no_way_leads_around_the_second_person(session, two, case_id, ref, moderator, anna):
    for attempt in (
        lambda: deciding.decide(session, moderator, case_id, HIDE),
        lambda: deciding.decide_many(session, moderator, [case_id], HIDE),
        lambda: deciding.decide_content(session, moderator, ref, HIDE),
        lambda: service.hide(session, moderator, ref, rule="Regel 2", facts="Greift an"),
        lambda: standing.judge(session, moderator, anna.id, SUSPEND),
    ):
        with pytest.raises(SecondNeeded):
            attempt()
    for alone in (
        lambda: deciding.decide(session, moderator, case_id, HIDE, second=moderator),
        lambda: standing.judge(session, moderator, anna.id, SUSPEND, second=moderator),
    ):
        with pytest.raises(Denied):
            alone()
    assert decisions(session) == []
    # What is stricter still would lead around the second person.
    with pytest.raises(SecondNeeded):
        deciding.decide_content(session, moderator, ref, Step(Measure.REMOVE, "Regel 2", "Greift an"))
    deciding.decide_content(session, moderator, ref, Step(Measure.FOLD, "Regel 2", "Greift an"))


def test_another_person_confirms_and_both_are_on_record(session, two, case_id, ref, moderator, second, anna):
    until = clock.now() + dt.timedelta(days=3)
    suspend = dataclasses.replace(SUSPEND, until=until)
    case = proposals.propose(session, moderator, case_id, Plan(HIDE, suspend))
    assert (case.proposed_by, case.holder_id, case.closed_at) == (moderator.id, None, None)
    assert service.find(session, ref).visibility is Visibility.PUBLISHED
    with pytest.raises(Denied):
        proposals.confirm(session, moderator, case_id, proposals.token_of(case))
    decision = proposals.confirm(session, second, case_id, proposals.token_of(case))
    assert (decision.actor_id, decision.second_id, decision.rule_key) == (moderator.id, second.id, "respect")
    assert [(one.measure, one.second_id) for one in decisions(session)] == [
        ("hide", second.id), ("suspend", second.id),
    ]  # fmt: skip
    assert service.find(session, ref).visibility is Visibility.HIDDEN
    assert members.ref(session, anna.id).standing is Standing.SUSPENDED
    session.refresh(case)
    assert (case.proposal, case.proposed_by) == (None, None)
    deciding.undo(session, second, decision.id)
    assert members.ref(session, anna.id).standing is Standing.ACTIVE
    assert service.find(session, ref).visibility is Visibility.PUBLISHED


def test_while_it_waits_nobody_decides_past_it(session, case_id, two, ref, moderator, second):
    proposals.propose(session, moderator, case_id, Plan(HIDE))
    keep = Step(Measure.KEEP)
    with pytest.raises(Proposed, match="Mo has proposed"):
        deciding.decide(session, second, case_id, keep)
    with pytest.raises(Proposed):
        deciding.decide_content(session, second, ref, keep)
    outcome = deciding.decide_many(session, second, [case_id], keep)
    assert [type(error) for error in outcome.refused.values()] == [Proposed]
    with pytest.raises(Proposed):
        proposals.propose(session, second, case_id, Plan(HIDE))


def test_declining_takes_a_word_that_reaches_whoever_proposed(session, case_id, two, moderator, second):
    proposals.propose(session, moderator, case_id, Plan(HIDE))
    with pytest.raises(Invalid):
        proposals.decline(session, second, case_id, " ")
    case = proposals.decline(session, second, case_id, "Einklappen reicht.")
    assert (case.proposal, case.proposed_by) == (None, None)
    assert [(one.author_id, one.body) for one in session.scalars(select(CaseNote))] == [
        (second.id, "Einklappen reicht.")
    ]
    notices = session.scalars(select(Notice.member_id).where(Notice.type == proposals.DECLINED)).all()
    assert notices == [moderator.id]
    with pytest.raises(Conflict):
        proposals.decline(session, second, case_id, "Noch einmal")


def test_ones_own_proposal_is_taken_back_without_a_word(session, case_id, two, moderator):
    proposals.propose(session, moderator, case_id, Plan(HIDE))
    assert proposals.decline(session, moderator, case_id, "").proposal is None
    assert session.scalars(select(CaseNote)).all() == []
    assert session.scalars(select(Notice).where(Notice.type == proposals.DECLINED)).all() == []


def test_what_changed_or_lost_its_proposer_is_not_confirmed(session, case_id, two, moderator, second):
    old = proposals.token_of(proposals.propose(session, moderator, case_id, Plan(HIDE)))
    proposals.decline(session, moderator, case_id, "")
    case = proposals.propose(session, moderator, case_id, Plan(Step(Measure.HIDE, "Regel 3", "Anders")))
    with pytest.raises(Conflict):
        proposals.confirm(session, second, case_id, old)
    members.erase(session, moderator.id)
    with pytest.raises(Conflict):
        proposals.confirm(session, second, case_id, proposals.token_of(case))
    assert decisions(session) == []


@pytest.mark.parametrize(
    "step", [Step(Measure.HIDE, "", "x"), Step(Measure.HIDE, "x", ""), Step(Measure.REJECT, "x", "y")]
)
def test_only_what_could_be_decided_is_proposed(session, case_id, two, moderator, step):
    with pytest.raises(Invalid):
        proposals.propose(session, moderator, case_id, Plan(step))
    assert session.scalars(select(Case.proposal)).all() == [None]


def seen(client, address):
    return client.get(address).text.partition('name="seen" value="')[2][:16]


def test_the_pages_lead_from_one_to_the_other(desk, session, two, case_id, rewrite, moderator, second):
    one, other, address = desk(moderator), desk(second), f"{DESK}/{case_id}"
    assert "Vorschlagen: Ausblenden" in one.get(address).text
    sent = {"measure": "hide", "person": "", "until": "1", "seen": seen(one, address), **WHY}
    answer = one.send(address, **sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{DESK}/")
    mine = one.get(address).text
    assert "Vorschlag zurücknehmen" in mine
    assert "bestaetigen" not in mine
    rewrite("Gar keine Stufen")
    page = other.get(address).text
    assert "Der Text hat sich seit dem Vorschlag geändert" in page
    proposal = page.partition('name="proposal" value="')[2][:16]
    token = other.token(address)
    stale = other.post(f"{address}/bestaetigen", data={"_token": token, "proposal": "0" * 16})
    assert stale.status_code == 409
    alone = one.post(f"{address}/bestaetigen", data={"_token": one.token(address), "proposal": proposal})
    assert alone.status_code == 409
    empty = other.post(f"{address}/ablehnen", data={"_token": token, "note": ""})
    assert empty.status_code == 422
    done = other.post(f"{address}/bestaetigen", data={"_token": token, "proposal": proposal})
    session.rollback()
    (decision,) = decisions(session)
    assert (done.status_code, decision.second_id) == (303, second.id)
    again = other.post(f"{address}/bestaetigen", data={"_token": token, "proposal": proposal})
    assert again.status_code == 409


def test_a_word_of_refusal_stands_beside_the_case(desk, session, two, case_id, moderator, second):
    proposals.propose(session, moderator, case_id, Plan(HIDE))
    session.commit()
    other, address = desk(second), f"{DESK}/{case_id}"
    answer = other.post(f"{address}/ablehnen", data={"_token": other.token(address), "note": "Zu streng."})
    assert (answer.status_code, answer.headers["Location"]) == (303, address)
    page = desk(moderator).get(address).text
    assert "Zu streng." in page
    assert "Vorschlagen: Ausblenden" in page
