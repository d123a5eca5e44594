"""Whoever a decision concerns is told once, after the time to take it back, and nobody learns what is not theirs."""

import datetime as dt

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.access import members
from baukasten.moderation import cases, deciding, service
from baukasten.moderation.appeals import telling
from baukasten.moderation.models import Case, CaseCause, Decision, Measure
from baukasten.moderation.people import standing
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Ruling, Verdict
from baukasten.plugin.work import Work, begin
from baukasten_forum import service as forum_service
from tests.core.moderation.appeals.conftest import HIDE, later, lines, ref_of, types
from tests.core.moderation.conftest import Judge

WAITING = text(
    "SELECT args -> 'values' ->> 'decision_id', scheduled_at FROM jobs.procrastinate_jobs "
    "WHERE args ->> 'key' = 'moderation.tell' AND (args ->> 'tenant_id')::bigint = :town"
)


@pytest.fixture
def tell(database, town, session):
    """Do the job of a decision as a worker does, so many times."""

    def do(decision_id, times=1):
        for attempt in range(times):
            with database.session(town.id) as own:
                begin(own, Work(1, attempt + 1, town, frozenset({"forum"})))
                telling.tell(own, decision_id=decision_id)
                own.commit()
        session.rollback()

    return do


def letter(mailbox, database, town, member):
    with database.session(town.id) as session:
        address = members.addresses(session, [member.id])[member.id]
    (mail,) = mailbox.to(address)
    return mail


def test_the_author_gets_a_statement_of_reasons(session, decide, reply, anna, tell):
    decision_id = decide(reply)
    tell(decision_id)
    ((kind, path, data),) = lines(session, anna)
    assert (kind, path) == ("moderation.decided", f"/konto/entscheidungen/{decision_id}")
    assert data["rule"] == HIDE.rule
    assert data["facts"] == HIDE.facts
    assert data["what"] == "Your contribution is hidden from public view."
    assert data["machine"] == "People decided. No machine took part."
    assert data["last_day"]


def test_the_letter_says_all_of_it_in_the_towns_language(
    database, town, session, decide, reply, anna, mailbox
):
    # The letter waits for others of its burst; here all of that is over already.
    with later(hours=-1):
        decision_id = decide(reply)
        mailbox.deliver()
    mail = letter(mailbox, database, town, anna)
    assert mail.subject == "Entscheidung der Moderation: Treppe"
    for part in (mail.text, mail.html):
        for words in (
            HIDE.rule,
            HIDE.facts,
            f"/konto/entscheidungen/{decision_id}",
            "widersprechen",
            "Kein Automat",
        ):
            assert words in part
        assert "Mo" not in part.split()


def test_a_second_attempt_tells_nothing(session, decide, reply, anna, tell):
    tell(decide(reply), times=3)
    assert types(session, anna) == ["moderation.decided"]


def test_notice_and_mark_stand_or_fall_together(database, town, session, decide, reply, anna, tell):
    decision_id = decide(reply)
    with database.session(town.id) as own:
        begin(own, Work(1, 1, town, frozenset({"forum"})))
        telling.tell(own, decision_id=decision_id)
        own.rollback()
    assert types(session, anna) == []
    tell(decision_id)
    assert types(session, anna) == ["moderation.decided"]


def test_what_was_taken_back_is_told_to_nobody(session, decide, reply, report, anna, ben, moderator, tell):
    report(reply, ben)
    decision_id = decide(reply)
    deciding.undo(session, moderator, decision_id)
    session.commit()
    tell(decision_id)
    assert types(session, anna) == types(session, ben) == []
    assert session.scalar(select(Decision.told_at).where(Decision.id == decision_id)) is None


def test_nobody_is_told_before_the_time_to_take_it_back_is_over(session, town, decide, reply):
    decision_id = decide(reply)
    ((wanted, due),) = session.execute(WAITING, {"town": town.id})
    made = session.scalar(select(Decision.created_at).where(Decision.id == decision_id))
    assert int(wanted) == decision_id
    assert due - made >= deciding.UNDO


@pytest.mark.parametrize("measure", [Measure.KEEP])
def test_that_all_is_right_is_not_told_to_the_author(
    session, decide, reply, report, anna, ben, tell, measure
):
    receipt = report(reply, ben)
    tell(decide(reply, Step(measure)))
    assert types(session, anna) == []
    ((kind, path, data),) = lines(session, ben)
    assert (kind, path, data["rule"]) == ("moderation.report_settled", f"/meldung/quittung/{receipt}", "")
    assert data["last_day"]


def test_letting_into_view_after_holding_is_a_short_friendly_notice(
    judged, town, session, forum, anna, moderator, tell
):
    Judge.verdict = Verdict(Ruling.HOLD, "newcomer", "Erster Beitrag")
    with judged.session(town.id) as own:
        written = forum_service.open_topic(own, anna, forum, title="Bank", body="Unter die Linde")
        own.commit()
    decision = deciding.decide_content(session, moderator, ref_of(written), Step(Measure.PUBLISH))
    session.commit()
    tell(decision.id)
    ((kind, path, data),) = lines(session, anna)
    assert (kind, data) == (
        "moderation.shown",
        {"title": "Bank", "what": "Your contribution is in public view now."},
    )
    assert path.endswith(f"{written.topic_id}-bank")


def test_a_reporter_learns_what_happened_to_the_contribution(session, decide, reply, report, ben, tell):
    report(reply, ben)
    tell(decide(reply))
    ((kind, _path, data),) = lines(session, ben)
    assert kind == "moderation.report_settled"
    assert (data["what"], data["rule"], data["last_day"]) == (
        "The contribution is hidden from public view now.",
        HIDE.rule,
        "",
    )
    assert HIDE.facts not in str(data)


def test_neither_side_learns_of_the_other(session, decide, reply, report, anna, ben, tell):
    receipt = report(reply, ben, explanation="Ich bin Ben vom Hafen")
    tell(decide(reply))
    told = str(lines(session, anna))
    assert "Ben" not in told
    assert receipt not in told
    assert "Anna" not in str(lines(session, ben))


def test_all_reporters_of_a_case_are_told_and_guests_are_not(
    session, decide, reply, report, ben, second, tell
):
    report(reply, ben)
    report(reply, None)
    report(reply, second)
    tell(decide(reply))
    assert types(session, ben) == types(session, second) == ["moderation.report_settled"]


def test_who_decides_about_her_own_report_as_she_must_alone_is_told_nothing(
    session, decide, reply, report, moderator, tell
):
    report(reply, moderator)
    tell(decide(reply))
    assert types(session, moderator) == []


def test_a_held_contribution_names_the_machine_that_found_it(session, decide, reply, anna, moderator, tell):
    session.execute(text("UPDATE forum_post SET visibility = 'held' WHERE id = :id"), {"id": reply.post_id})
    case_id = cases.open_case(session, ref_of(reply), CaseCause.HELD, code="words", note="Wort")
    session.commit()
    decision = deciding.decide(session, moderator, case_id, Step(Measure.REJECT, HIDE.rule, HIDE.facts))
    session.commit()
    tell(decision.id)
    ((_kind, _path, data),) = lines(session, anna)
    assert data["machine"] == "An automatic check held the contribution back. People decided about it."
    assert data["what"] == "Your contribution does not come into public view."


def test_the_notice_of_what_is_hidden_is_not_silent_because_of_that(session, decide, reply, anna, tell):
    tell(decide(reply))
    assert service.find(session, ref_of(reply)).visibility == "hidden"
    assert types(session, anna) == ["moderation.decided"]


def test_the_machines_decision_says_so(session, decide, reply, anna, tell):
    tell(decide(reply, Step(Measure.HIDE, HIDE.rule, HIDE.facts, automated=True)))
    assert lines(session, anna)[0][2]["machine"] == "A machine took this decision."


def test_the_job_is_declared_once_and_idempotent(contract):
    assert contract.registry.jobs["moderation.tell"].value.run is telling.tell


def test_a_name_is_called_a_name(session, anna, ben, moderator, tell):
    content = service.find(session, ContentRef("core.profile", anna.id))
    reports.file(session, ben, content, reason="attack")
    step = Step(Measure.HIDE, HIDE.rule, "Der Name verhöhnt jemanden.")
    decision = deciding.decide_content(session, moderator, content.ref, step)
    session.commit()
    tell(decision.id)
    assert (
        lines(session, anna)[0][2]["what"]
        == "Your name is hidden from public view. Please choose another one."
    )
    assert lines(session, ben)[0][2]["what"] == "The name is hidden from public view now."


@pytest.mark.parametrize("measure", [Measure.WARN, Measure.MUTE, Measure.SUSPEND])
def test_a_reporter_learns_nothing_of_measures_against_a_person(
    session, anna, ben, moderator, reply, report, tell, measure
):
    report(reply, ben)
    case_id = session.scalar(select(Case.id))
    until = clock.now() + dt.timedelta(days=3)
    step = Step(measure, HIDE.rule, HIDE.facts, until=until)
    decision = standing.judge(
        session, moderator, anna.id, step, ref=ref_of(reply), case_id=case_id, closes=True
    )
    session.commit()
    tell(decision.id)
    assert types(session, anna) == ["moderation.decided"]
    data = lines(session, ben)[0][2]
    assert data["what"] == "The moderators have taken a measure."
