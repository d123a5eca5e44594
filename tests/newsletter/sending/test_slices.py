"""An issue reaches everybody once: claimed, marked, handed over, whatever servers answer and people do meanwhile."""

import datetime as dt
import email
from collections import Counter

import pytest
from sqlalchemy import select, update

from baukasten.audit.service import entries
from baukasten.mail import line
from baukasten.plugin.work import Work, begin
from baukasten.sdk import clock
from baukasten_newsletter.keys import Frequency, IssueState
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Subscriber
from baukasten_newsletter.people import service as people
from baukasten_newsletter.people import suppression
from baukasten_newsletter.returns.models import Return, Score
from baukasten_newsletter.sending import audience, composing, leases, ledger, pacing, slices
from baukasten_newsletter.sending.models import DomainPace
from tests.core.mail.sinks import CLOSE
from tests.newsletter.conftest import DAY, NOW, add_subscriber, add_topic
from tests.newsletter.sending.conftest import add_issue, add_rendering


@pytest.fixture
def job(database, town, outgoing, mailbox):
    """Runs a slice as the worker does."""

    def run(issue_id, seconds=30.0, number=1, attempt=1, **more):
        with database.session(town.id) as session:
            begin(session, Work(number, attempt, town, frozenset(), {**mailbox.tools, line.TOOL: outgoing}))
            slices.send(session, issue_id=issue_id, seconds=seconds, **more)
            session.commit()

    return run


@pytest.fixture
def going(database, town, letters, morning):
    """An issue that is being sent to a number of people; gives its id."""

    def make(count=0, domains=("post.example",), topic=None):
        with database.session(town.id) as session:
            topic = add_topic(session, letters)
            for number in range(count):
                add_subscriber(session, topic, address=f"l{number}@{domains[number % len(domains)]}")
            issue = add_issue(
                session, letters, topic, state=IssueState.SENDING, started_at=NOW, active_at=NOW
            )
            audience.snapshot(session, issue)
            session.commit()
            return issue.id

    return make


@pytest.fixture
def rows(database, town):
    def find(issue_id):
        with database.session(town.id) as session:
            return session.scalars(
                select(Delivery).where(Delivery.issue_id == issue_id).order_by(Delivery.id)
            ).all()

    return find


@pytest.fixture
def state_of(database, town):
    def find(issue_id):
        with database.session(town.id) as session:
            return session.get(Issue, (town.id, issue_id))

    return find


def test_everybody_gets_one_mail_and_the_issue_is_sent(going, job, rows, state_of, smtp):
    issue = going(10, ("a.example", "b.example"))
    job(issue)
    assert sorted(smtp.to()) == sorted(f"l{n}@{'ab'[n % 2]}.example" for n in range(10))
    assert {(row.state, row.code, row.attempts, row.version) for row in rows(issue)} == {
        ("handed_over", 250, 1, 1)
    }
    assert {(row.handed_over_at, row.lease_until, row.worker) for row in rows(issue)} == {(NOW, None, "")}
    assert (state_of(issue).state, state_of(issue).finished_at) == (IssueState.SENT, NOW)
    assert len(smtp.talks) == min(slices.LINES, 10)


def test_a_slice_ends_in_time_and_the_next_goes_on(going, job, rows, smtp, state_of):
    issue = going(8)
    job(issue, seconds=0)
    assert smtp.mails == []
    assert {row.state for row in rows(issue)} == {"pending"}
    assert state_of(issue).state == IssueState.SENDING
    job(issue)
    assert len(smtp.mails) == 8


def test_who_left_paused_or_was_suppressed_since_the_snapshot_is_skipped(
    going, job, rows, database, town, smtp
):
    issue = going(6)
    with database.session(town.id) as session:
        found = session.scalars(select(Subscriber).order_by(Subscriber.address)).all()
        people.leave(session, found[0].id, how="one-click")
        suppression.suppress(session, found[1].fingerprint, suppression.OWN_WISH)
        suppression.suppress(session, found[2].fingerprint, suppression.COMPLAINT, everywhere=True)
        found[3].paused_until = NOW + DAY
        found[4].frequency = Frequency.WEEKLY
        session.commit()
    job(issue)
    assert smtp.to() == ["l5@post.example"]
    by_person = {row.subscriber_id: (row.state, row.reason) for row in rows(issue)}
    assert [by_person[one.id] for one in found] == [
        ("skipped", "left"),
        ("skipped", "suppressed"),
        ("skipped", "suppressed"),
        ("skipped", "paused"),
        ("skipped", "left"),
        ("handed_over", ""),
    ]
    with database.session(town.id) as session:
        suppression.lift(session, found[2].fingerprint, everywhere=True)
        session.commit()


def test_who_leaves_while_the_worker_holds_them_gets_nothing(going, rows, database, town):
    issue = going(2)
    with database.session(town.id) as session:
        worker = ledger.Worker("one", issue, 1, "letter")
        count, held = ledger.claim(session, worker, 10, NOW)
        session.commit()
        with database.session(town.id) as other:
            people.leave(other, held[0].subscriber_id, how="one-click")
            other.commit()
        numbers = [one.delivery_id for one in held]
        assert count == 2
        assert ledger.turn(session, worker, {}, numbers, NOW) == {numbers[1]}
        session.commit()
    assert [row.state for row in rows(issue)] == ["claimed", "sending"]


@pytest.mark.parametrize("change", [{"state": "paused"}, {"version": 2}, {"state": "cancelled"}])
def test_what_is_stopped_or_changed_does_not_go_out_although_it_is_claimed(going, database, town, change):
    issue = going(2)
    with database.session(town.id) as session:
        worker = ledger.Worker("one", issue, 1, "letter")
        held = ledger.claim(session, worker, 10, NOW)[1]
        session.execute(update(Issue).where(Issue.id == issue).values(**change))
        assert ledger.turn(session, worker, {}, [one.delivery_id for one in held], NOW) == set()


def test_two_workers_never_claim_the_same(going, database, town):
    issue = going(10)
    with database.session(town.id) as one, database.session(town.id) as other:
        first = ledger.claim(one, ledger.Worker("one", issue, 1, "letter"), 6, NOW)[1]
        second = ledger.claim(other, ledger.Worker("other", issue, 1, "letter"), 6, NOW)[1]
        assert (len(first), len(second)) == (6, 4)
        assert {row.delivery_id for row in first} & {row.delivery_id for row in second} == set()


def test_domains_take_turns(going, database, town):
    issue = going(9, ("a.example", "a.example", "b.example"))
    with database.session(town.id) as session:
        held = ledger.claim(session, ledger.Worker("one", issue, 1, "letter"), 4, NOW)[1]
    assert [one.domain for one in held] == ["a.example", "b.example", "a.example", "b.example"]


def test_what_a_dead_worker_had_on_its_connections_is_sent_again_and_named(
    going, job, rows, database, town, smtp
):
    issue = going(3)
    with database.session(town.id) as session:
        worker = ledger.Worker("dead", issue, 1, "letter")
        held = ledger.claim(session, worker, 2, NOW)[1]
        ledger.turn(session, worker, {}, [held[0].delivery_id], NOW)
        session.commit()
    job(issue)
    assert len(smtp.mails) == 1
    clock.set_to(NOW + leases.SENDING + dt.timedelta(seconds=1))
    job(issue)
    assert len(smtp.mails) == 3
    doubtful = [row.id for row in rows(issue) if row.uncertain_at is not None]
    assert doubtful == [held[0].delivery_id]
    assert {row.state for row in rows(issue)} == {"handed_over"}


def test_the_next_attempt_at_a_job_takes_back_at_once_what_the_one_before_held(
    going, job, rows, database, town, smtp
):
    issue = going(5)
    with database.session(town.id) as session:
        others = ledger.Worker(ledger.name_of(71, 1), issue, 1, "letter")
        worker = ledger.Worker(ledger.name_of(7, 1), issue, 1, "letter")
        theirs = ledger.claim(session, others, 1, NOW)[1]
        held = ledger.claim(session, worker, 3, NOW)[1]
        ledger.turn(session, worker, {}, [held[0].delivery_id], NOW)
        session.commit()
    job(issue, number=7)
    job(issue, number=8, attempt=2)
    assert len(smtp.mails) == 1
    job(issue, number=7, attempt=2)
    assert sorted(smtp.to()) == sorted(f"l{n}@post.example" for n in range(5) if n != number_of(theirs[0]))
    assert [row.id for row in rows(issue) if row.uncertain_at is not None] == [held[0].delivery_id]
    with database.session(town.id) as session:
        # The attempt before was not dead after all: what it held is no longer its own.
        assert ledger.turn(session, worker, {}, [held[1].delivery_id], NOW) == set()


def test_a_worker_whose_clock_is_wrong_takes_nothing_from_others(going, rows, database, town):
    issue = going(2)
    with database.session(town.id) as session:
        slow = ledger.Worker("slow", issue, 1, "letter")
        held = ledger.claim(session, slow, 2, NOW - dt.timedelta(hours=1))[1]
        going_now = [held[0].delivery_id]
        assert ledger.found_on_broken_connections(session, issue, NOW + dt.timedelta(hours=1)) == 0
        assert ledger.turn(session, slow, {}, going_now, NOW - dt.timedelta(hours=1)) == {*going_now}
        assert ledger.found_on_broken_connections(session, issue, NOW + dt.timedelta(hours=1)) == 0


def number_of(recipient):
    return int(recipient.address.partition("@")[0].removeprefix("l"))


def test_a_worker_that_wakes_up_late_writes_nothing_over_what_others_did(
    going, job, rows, database, town, smtp
):
    issue = going(1)
    with database.session(town.id) as session:
        worker = ledger.Worker("late", issue, 1, "letter")
        held = ledger.claim(session, worker, 2, NOW)[1]
        session.commit()
        clock.set_to(NOW + leases.SENDING)
        job(issue)
        assert len(smtp.mails) == 1
        assert ledger.turn(session, worker, {}, [held[0].delivery_id], clock.now()) == set()


def answers(smtp, at, *said):
    """Let the server say something else, by recipient."""
    words = dict(said)
    smtp.script.instead[at] = lambda to: words.get(to, "")


def test_refused_for_now_comes_again_later_and_in_the_end_fails(going, job, rows, state_of, smtp):
    issue = going(2)
    answers(smtp, "RCPT", ("l0@post.example", "450 4.2.2 <l0@post.example> is full, l0@post.example"))
    job(issue)
    row = next(row for row in rows(issue) if row.state == "deferred")
    assert (row.code, row.attempts, row.reason) == (450, 1, "4.2.2 <…> is full, …")
    assert dt.timedelta(minutes=4) <= row.due_at - NOW <= dt.timedelta(minutes=6)
    assert state_of(issue).state == IssueState.SENDING
    for _attempt in range(13):
        clock.set_to(next(row.due_at for row in rows(issue) if row.due_at))
        job(issue)
    assert {(row.state, row.code, row.attempts) for row in rows(issue)} == {
        ("failed", 450, 14),
        ("handed_over", 250, 1),
    }
    assert clock.now() - NOW > 1.5 * DAY
    assert state_of(issue).state == IssueState.SENT


def test_refused_for_good_fails_at_once_and_stops_nobody_else(going, job, rows, state_of, smtp):
    issue = going(3)
    answers(smtp, "RCPT", ("l1@post.example", "550 5.1.1 nobody of that name"))
    job(issue)
    assert Counter(row.state for row in rows(issue)) == {"handed_over": 2, "failed": 1}
    assert next(row.reason for row in rows(issue) if row.code == 550) == "5.1.1 nobody of that name"
    assert state_of(issue).state == IssueState.SENT


def test_a_domain_that_asks_for_it_is_written_to_more_slowly_and_no_other(
    going, job, rows, database, town, smtp
):
    issue = going(40, ("slow.example", "fast.example"))
    smtp.script.instead["RCPT"] = lambda to: "421 4.7.0 too many" if to.endswith("@slow.example") else ""
    job(issue)
    assert all(to.endswith("@fast.example") for to in smtp.to())
    assert len(smtp.mails) == 20
    with database.session(town.id) as session:
        pace = session.scalars(select(DomainPace)).one()
        assert (pace.domain, pace.a_minute, pace.reason) == ("slow.example", pacing.FIRST, "4.7.0 too many")
        assert pace.free_at >= NOW + dt.timedelta(minutes=1)
    smtp.script.instead.clear()
    waiting = [row.due_at for row in rows(issue) if row.state == "pending"]
    assert len(waiting) >= 20 - slices.LINES
    assert max(waiting) - min(waiting) >= dt.timedelta(seconds=0.4 * len(waiting))
    sent = []
    clock.set_to(NOW + dt.timedelta(minutes=1))
    for _step in range(10):
        clock.set_to(clock.now() + dt.timedelta(seconds=2))
        before = len(smtp.mails)
        job(issue)
        sent.append(len(smtp.mails) - before)
    assert max(sent) <= 2 * pacing.FIRST / 60 + 2
    assert sum(sent) >= len(waiting)
    # The few that were refused come again after five minutes.
    while due := [row.due_at for row in rows(issue) if row.due_at]:
        clock.set_to(max(due))
        job(issue)
    assert len(smtp.mails) == 40
    assert {row.state for row in rows(issue)} == {"handed_over"}


def test_servers_that_refuse_because_of_us_stop_the_issue_with_a_reason(going, job, rows, state_of, smtp):
    issue = going(60)
    smtp.script.instead["END"] = "554 5.7.1 blocked"
    job(issue, seconds=0.05)
    for _slice in range(20):
        if state_of(issue).state != IssueState.SENDING:
            break
        job(issue, seconds=0.05)
    assert state_of(issue).state == IssueState.PAUSED
    assert "refuse our mails" in state_of(issue).pause_reason
    states = Counter(row.state for row in rows(issue))
    assert states["failed"] >= slices.POLICY_LEAST
    assert {row.reason for row in rows(issue) if row.state == "failed"} == {"5.7.1 blocked"}


def test_a_server_that_refuses_the_sender_stops_the_issue_and_blames_nobody(going, job, rows, state_of, smtp):
    issue = going(6)
    smtp.script.instead["MAIL"] = "550 5.7.1 who are you"
    job(issue)
    assert state_of(issue).state == IssueState.PAUSED
    assert "5.7.1 who are you" in state_of(issue).pause_reason
    assert {(row.state, row.attempts) for row in rows(issue)} == {("pending", 0)}


@pytest.mark.parametrize("at", ["GREETING", "MAIL"])
def test_a_mail_server_that_is_away_is_asked_again_a_minute_later(going, job, rows, state_of, smtp, at):
    issue = going(6)
    smtp.script.instead[at] = "421 4.3.2 closed for repairs"
    job(issue)
    assert smtp.mails == []
    assert {(row.state, row.attempts) for row in rows(issue)} == {("pending", 0)}
    smtp.script.instead.clear()
    job(issue)
    assert smtp.mails == []
    clock.set_to(NOW + pacing.SERVER_RESTS)
    job(issue)
    assert len(smtp.mails) == 6
    assert state_of(issue).state == IssueState.SENT


def test_silence_after_the_last_word_is_uncertain_at_once(going, job, rows, smtp):
    issue = going(3)
    silent = iter([CLOSE])
    smtp.script.instead["END"] = lambda to: next(silent, "") if to.startswith("l0") else ""
    job(issue)
    doubtful = [row for row in rows(issue) if row.uncertain_at is not None]
    assert [(row.state, row.code, row.attempts) for row in doubtful] == [("deferred", None, 1)]
    clock.set_to(doubtful[0].due_at)
    job(issue)
    copies = [content for _from, to, content in smtp.mails if to.startswith("l0")]
    assert len(copies) == 2
    assert len({message_id(content) for content in copies}) == 1
    assert [row.uncertain_at for row in rows(issue) if row.id == doubtful[0].id] == [NOW]


def message_id(content):
    return email.message_from_bytes(content)["Message-ID"]


def test_after_a_long_silence_somebody_is_asked_before_it_goes_on(going, job, rows, state_of, smtp):
    issue = going(3)
    clock.set_to(NOW + slices.LATE + dt.timedelta(seconds=1))
    job(issue)
    assert smtp.mails == []
    assert state_of(issue).state == IssueState.PAUSED
    assert "hour" in state_of(issue).pause_reason


def test_one_odd_person_stops_nobody(going, job, rows, database, town, smtp):
    issue = going(5)
    with database.session(town.id) as session:
        odd = session.scalars(select(Subscriber).order_by(Subscriber.id)).first()
        odd.address = "ä\nx@post.example"
        session.commit()
    job(issue)
    assert len(smtp.mails) == 4
    assert Counter((row.state, row.reason) for row in rows(issue)) == {
        ("handed_over", ""): 4,
        ("skipped", "unwritable"): 1,
    }


def test_a_handful_of_odd_people_alone_are_skipped_and_stop_nothing(
    going, job, rows, state_of, database, town, smtp
):
    issue = going(slices.HOPELESS + 1)
    with database.session(town.id) as session:
        session.execute(update(Subscriber).values(address="ä\n" + Subscriber.address))
        session.commit()
    job(issue)
    assert (state_of(issue).state, smtp.mails) == (IssueState.SENT, [])
    assert {(row.state, row.reason) for row in rows(issue)} == {("skipped", "unwritable")}


def test_where_no_mail_can_be_written_the_issue_stands_still_and_nobody_is_skipped(
    going, job, rows, state_of, database, town, smtp, monkeypatch
):
    issue = going(slices.HOPELESS)

    def broken(_composer, _recipient):
        raise ValueError("what all share is wrong")

    with monkeypatch.context() as patched:
        patched.setattr(composing.Composer, "_bounces", broken)
        job(issue)
    stopped = state_of(issue)
    assert (stopped.state, smtp.mails) == (IssueState.PAUSED, [])
    assert "can be written" in stopped.pause_reason
    assert {(row.state, row.lease_until) for row in rows(issue)} == {("pending", None)}
    with database.session(town.id) as session:
        assert entries(session)[0].action == "newsletter.issue.hold"
        session.execute(update(Issue).values(state=IssueState.SENDING))
        session.commit()
    job(issue)
    assert len(smtp.mails) == slices.HOPELESS


def test_a_fault_of_ours_loses_no_answer_of_the_mails_that_went(going, job, rows, smtp, monkeypatch):
    issue = going(slices.LINES + 4)
    of_next_round = rows(issue)[slices.LINES].subscriber_id
    usual = composing.Composer.message_id

    def broken(composer, subscriber_id):
        if subscriber_id == of_next_round:
            raise LookupError("nothing like it")
        return usual(composer, subscriber_id)

    monkeypatch.setattr(composing.Composer, "message_id", broken)
    with pytest.raises(LookupError):
        job(issue)
    monkeypatch.undo()
    assert Counter(row.state for row in rows(issue)) == {
        "handed_over": slices.LINES,
        "pending": 4,
    }
    job(issue)
    assert len(smtp.mails) == slices.LINES + 4


def test_an_issue_of_a_digest_says_what_its_source_says(going, job, rows, database, town, smtp, monkeypatch):
    issue = going(3)
    words = composing.Words("de", "Neues", "<p>Neues</p>", "Neues")

    class Bundle:
        def words(self, _session, recipients):
            return {one.delivery_id: words for one in recipients if not one.address.startswith("l1")}

    monkeypatch.setitem(composing.SOURCES, "digest", lambda _session, _issue: Bundle())
    with database.session(town.id) as session:
        values = {"kind": "digest", "module_id": None, "day": NOW.date()}
        session.execute(update(Issue).where(Issue.id == issue).values(values))
        session.commit()
    job(issue)
    assert sorted(smtp.to()) == ["l0@post.example", "l2@post.example"]
    assert {(row.state, row.reason) for row in rows(issue)} == {
        ("handed_over", ""),
        ("skipped", "nothing-new"),
    }
    assert b"Subject: Neues" in smtp.mails[0][2]


def test_a_refusal_on_the_connection_counts_for_its_reader_once(going, job, rows, database, town, smtp):
    issue = going(4)
    answers(
        smtp,
        "RCPT",
        ("l1@post.example", "550 5.1.1 <l1@post.example> nobody of that name"),
        ("l2@post.example", "550 5.7.1 who are you"),
        ("l3@post.example", "450 4.2.2 full"),
    )
    job(issue)
    with database.session(town.id) as session:
        found = session.execute(select(Return.delivery_id, Return.kind, Return.said)).all()
        scores = session.execute(select(Score.subscriber_id, Score.value)).all()
    refused = {row.code: row for row in rows(issue) if row.state == "failed"}
    by_reason = {row.reason[:5]: row for row in rows(issue) if row.state == "failed"}
    assert (len(by_reason), [*refused]) == (2, [550])
    assert sorted(map(tuple, found)) == sorted(
        [
            (by_reason["5.1.1"].id, "user_unknown", "5.1.1 <…> nobody of that name"),
            (by_reason["5.7.1"].id, "policy", "5.7.1 who are you"),
        ]
    )
    assert [tuple(one) for one in scores] == [(by_reason["5.1.1"].subscriber_id, 2.0)]


def test_who_is_refused_twice_in_two_issues_gets_no_third(going, job, database, town, smtp):
    smtp.script.instead["RCPT"] = "550 5.1.1 nobody of that name"
    first = going(1)
    job(first)
    with database.session(town.id) as session:
        held = session.get_one(Issue, (town.id, first))
        person = session.scalars(select(Subscriber)).one()
        assert person.state == "active"
        again = Issue(
            module_id=held.module_id, state=IssueState.SENDING, started_at=NOW, active_at=NOW, version=1
        )
        session.add(again)
        session.flush()
        add_rendering(session, again)
        for link in session.scalars(select(IssueTopic).where(IssueTopic.issue_id == first)).all():
            session.add(IssueTopic(issue_id=again.id, topic_id=link.topic_id))
        session.flush()
        assert audience.snapshot(session, again) == 1
        session.commit()
        second = again.id
    job(second)
    with database.session(town.id) as session:
        assert session.scalars(select(Subscriber.state)).all() == ["undeliverable"]
