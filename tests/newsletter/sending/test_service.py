"""An issue is scheduled, begins, stops, is mended, goes on or is called off; late ones ask first; all is in the log."""

import dataclasses
import datetime as dt
import email
import email.policy
from types import SimpleNamespace

import pytest
from sqlalchemy import select, text, update

from baukasten.audit.service import entries
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.mail import line
from baukasten.plugin import Role
from baukasten.plugin.work import Work, begin
from baukasten.sdk import clock
from baukasten_newsletter.keys import DeliveryState, IssueKind, IssueState
from baukasten_newsletter.letters import release
from baukasten_newsletter.letters import service as letters
from baukasten_newsletter.letters.blocks import Block, Kind
from baukasten_newsletter.models import Delivery, Edition, Issue
from baukasten_newsletter.people import watching
from baukasten_newsletter.sending import service, slices
from tests.newsletter.conftest import DAY, NOW, add_subscriber, add_topic, open_list
from tests.newsletter.letters.conftest import add_issue

WORDS = {"kind": "text", "text": "Im Hafen wird es ernst."}
JOBS = text("SELECT args -> 'values' ->> 'issue_id' FROM jobs.procrastinate_jobs WHERE args ->> 'key' = :key")


@pytest.fixture
def desk(database, town, letters, admin, mailbox, outgoing, morning):
    """Does things with one issue, each in a session of its own."""
    return Desk(database, town, letters, admin, {**mailbox.tools, line.TOOL: outgoing})


class Desk:
    def __init__(self, database, town, module, actor, tools):
        self.database, self.town, self.module, self.actor, self.tools = database, town, module, actor, tools
        with database.session(town.id) as session:
            self.topic = add_topic(session, module)
            self.people = [add_subscriber(session, self.topic).id for _ in range(5)]
            self.issue = add_issue(session, module, WORDS, topics=[self.topic]).id
            session.commit()

    def do(self, what, *values, **more):
        with self.database.session(self.town.id) as session:
            what(session, self.actor, self.module, self.issue, *values, **more)
            session.commit()

    def job(self, run, **values):
        with self.database.session(self.town.id) as session:
            begin(session, Work(1, 1, self.town, frozenset(), self.tools))
            run(session, **values)
            session.commit()

    def begin(self):
        self.job(service.begin, issue_id=self.issue)

    def send(self):
        self.job(slices.send, issue_id=self.issue, seconds=30.0)

    @property
    def row(self):
        with self.database.session(self.town.id) as session:
            return session.get_one(Issue, (self.town.id, self.issue))

    def states(self):
        with self.database.session(self.town.id) as session:
            return [*session.scalars(select(Delivery.state).where(Delivery.issue_id == self.issue))]

    def waiting(self, key):
        with self.database.operator_session() as session:
            return [*session.scalars(JOBS, {"key": key})].count(str(self.issue))

    def log(self):
        with self.database.session(self.town.id) as session:
            target = f"newsletter_issue:{self.issue}"
            return [one.action.rpartition(".")[2] for one in entries(session) if one.target == target][::-1]


def test_at_once_it_goes_to_everybody_and_has_its_number(desk, smtp):
    desk.do(service.schedule)
    assert (desk.row.state, desk.row.scheduled_at) == (IssueState.SCHEDULED, NOW)
    assert desk.waiting(service.BEGIN) == 1
    desk.begin()
    assert (desk.row.state, desk.row.number, desk.row.started_at) == (IssueState.SENDING, 1, NOW)
    assert desk.waiting(slices.SEND) == slices.LANES
    desk.send()
    assert desk.row.state == IssueState.SENT
    assert len(smtp.mails) == 5
    assert desk.log() == ["schedule", "begin"]


def test_numbers_are_given_without_gaps(desk, database, town):
    for number in (1, 2):
        desk.do(service.schedule)
        desk.begin()
        assert desk.row.number == number
        with database.session(town.id) as session:
            desk.issue = add_issue(session, desk.module, WORDS, topics=[desk.topic]).id
            session.commit()


def test_a_moment_is_waited_for(desk):
    desk.do(service.schedule, NOW + DAY)
    desk.begin()
    assert desk.row.state == IssueState.SCHEDULED
    clock.set_to(NOW + DAY)
    desk.begin()
    assert desk.row.state == IssueState.SENDING


@pytest.mark.parametrize("at", [NOW - DAY, NOW + 400 * DAY])
def test_a_moment_that_is_over_or_too_far_is_refused(desk, at):
    with pytest.raises(Invalid):
        desk.do(service.schedule, at)


def test_an_overdue_one_asks_before_it_sends(desk, smtp):
    desk.do(service.schedule, NOW + DAY)
    clock.set_to(NOW + DAY + slices.LATE + dt.timedelta(seconds=1))
    desk.begin()
    assert (desk.row.state, desk.row.started_at) == (IssueState.PAUSED, None)
    assert "more than an hour ago" in desk.row.pause_reason
    assert smtp.mails == []
    desk.do(service.resume)
    desk.begin()
    desk.send()
    assert desk.row.state == IssueState.SENT
    assert desk.log() == ["schedule", "hold", "resume", "begin"]


def test_under_another_secret_nothing_begins_goes_on_or_is_let_out(desk, database, town, smtp):
    desk.do(service.schedule)
    with database.session(town.id) as session:
        watching.note(session, secret=b"that of before")
        session.commit()
    desk.begin()
    assert (desk.row.state, desk.row.pause_reason) == (IssueState.PAUSED, str(watching.OTHER_SECRET))
    with pytest.raises(Conflict, match="secret"):
        desk.do(service.resume)
    with database.session(town.id) as session:
        session.execute(update(Issue).values(state=IssueState.SENDING, started_at=NOW, active_at=NOW))
        session.commit()
    desk.send()
    assert (desk.row.state, desk.row.pause_reason) == (IssueState.PAUSED, str(watching.OTHER_SECRET))
    assert smtp.mails == []


def test_an_issue_whose_list_is_gone_is_held(desk, database, town, smtp):
    desk.do(service.schedule)
    with database.session(town.id) as session:
        session.execute(update(Issue).values(module_id=None, kind=IssueKind.DIGEST, day=NOW.date()))
        session.commit()
    desk.begin()
    assert (desk.row.state, desk.row.started_at) == (IssueState.PAUSED, None)
    assert "no longer there" in desk.row.pause_reason
    assert (smtp.mails, desk.log()) == ([], ["schedule", "hold"])


def test_a_large_number_has_to_be_typed(desk, monkeypatch):
    monkeypatch.setattr(service, "TYPED_ABOVE", 4)
    for typed in (None, 4, 6):
        with pytest.raises(Invalid):
            desk.do(service.schedule, None, typed)
    desk.do(service.schedule, None, 5)


def test_what_keeps_it_from_being_sent_is_said(desk, database, town):
    with database.session(town.id) as session:
        issue = add_issue(session, desk.module, WORDS, subject="", topics=[desk.topic])
        nobody = add_issue(session, desk.module, WORDS)
        session.commit()
        assert len(service.obstacles(session, desk.module, issue, 5)) == 1
        assert service.obstacles(session, desk.module, nobody, 0) == [str(service.NOBODY)]
    desk.issue = issue.id
    with pytest.raises(Conflict):
        desk.do(service.schedule)


def test_a_second_person_releases_it_where_the_list_wants_that(database, town, desk):
    module = open_list(database, town, slug="amtlich", release_above=0)
    with database.session(town.id) as session:
        topic = add_topic(session, module, "amt", "Amt")
        add_subscriber(session, topic)
        issue = add_issue(session, module, WORDS, topics=[topic])
        session.commit()
        assert [str(one) for one in service.obstacles(session, module, issue, 1)] == [
            "A second person has to release it."
        ]
        issue.released_at = NOW
        assert service.obstacles(session, module, issue, 1) == []


def test_nobody_lets_their_own_change_go_on_where_two_have_to_agree(desk, admin, new_member):
    desk.do(service.schedule)
    desk.begin()
    desk.do(service.pause)
    desk.module = dataclasses.replace(desk.module, settings={release.FIELD: 0})
    desk.do(letters.save, "de", letters.Words("Berichtigt", "", [Block(Kind.TEXT, "Neu")]), desk.row.revision)
    with pytest.raises(Conflict, match="Somebody else"):
        desk.do(service.resume)
    assert desk.row.state == IssueState.PAUSED
    desk.actor = new_member(Role.ADMIN, name="Bo Wehr")
    desk.do(service.resume)
    row = desk.row
    assert (row.state, row.version, row.asked_by, row.released_by) == (
        IssueState.SENDING, 2, admin.id, desk.actor.id,
    )  # fmt: skip


def test_a_mistake_is_mended_for_the_rest(desk, smtp, database, town):
    desk.do(service.schedule)
    desk.begin()
    with database.session(town.id) as session:
        first = session.scalars(
            select(Delivery).where(Delivery.issue_id == desk.issue).order_by(Delivery.id)
        ).first()
        first.state, first.handed_over_at, first.version = "handed_over", NOW, 1
        session.commit()
    desk.do(service.pause)
    desk.send()
    assert smtp.mails == []
    with database.session(town.id) as session:
        session.scalars(select(Edition).where(Edition.issue_id == desk.issue)).one().subject = "Berichtigt"
        session.commit()
    desk.do(service.resume)
    assert (desk.row.version, desk.row.state) == (2, IssueState.SENDING)
    desk.send()
    assert desk.row.state == IssueState.SENT
    subjects = [
        email.message_from_bytes(content, policy=email.policy.default)["Subject"]
        for *_, content in smtp.mails
    ]
    assert subjects == ["Berichtigt"] * 4
    with database.session(town.id) as session:
        versions = session.scalars(select(Delivery.version).where(Delivery.issue_id == desk.issue)).all()
    assert sorted(versions) == [1, 2, 2, 2, 2]


def test_without_a_change_it_goes_on_with_the_same_words(desk, smtp):
    desk.do(service.schedule)
    desk.begin()
    desk.do(service.pause)
    desk.do(service.resume)
    desk.send()
    assert (desk.row.version, desk.row.state, len(smtp.mails)) == (1, IssueState.SENT, 5)
    assert desk.log() == ["schedule", "begin", "pause", "resume"]


def test_called_off_nothing_more_goes_out(desk, smtp):
    desk.do(service.schedule)
    desk.begin()
    desk.do(service.cancel)
    desk.send()
    assert (smtp.mails, desk.row.state, desk.row.finished_at) == ([], IssueState.CANCELLED, NOW)


def test_called_off_before_it_began_it_is_a_draft_again(desk):
    desk.do(service.schedule, NOW + DAY)
    desk.do(service.cancel)
    assert (desk.row.state, desk.row.scheduled_at) == (IssueState.DRAFT, None)
    clock.set_to(NOW + DAY)
    desk.begin()
    assert desk.states() == []


@pytest.mark.parametrize("verb", [service.pause, service.resume, service.cancel])
def test_what_does_not_fit_the_state_is_refused(desk, verb, other_town, database):
    with pytest.raises(Conflict):
        desk.do(verb)
    with database.session(other_town.id) as session, pytest.raises(NotFound):
        verb(session, desk.actor, desk.module, desk.issue)


def test_what_a_dead_worker_left_is_queued_again_each_minute(desk, database, town):
    desk.do(service.schedule)
    with database.operator_session() as session:
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
        session.commit()
    desk.job(service.watch)
    assert desk.waiting(service.BEGIN) == 1
    desk.begin()
    with database.operator_session() as session:
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
        session.commit()
    desk.job(service.watch)
    desk.job(service.watch)
    assert desk.waiting(slices.SEND) == slices.LANES


@pytest.fixture
def held(desk, database, town):
    """Makes the issue a digest that was stopped a moment ago, as nobody resumes by hand."""

    def make(reason="550 who are you", **more):
        desk.do(service.schedule)
        desk.begin()
        with database.session(town.id) as session:
            digest = {"kind": IssueKind.DIGEST, "module_id": None, "number": None, "day": NOW.date()}
            stopped = {"state": IssueState.PAUSED, "paused_at": NOW, "pause_reason": reason}
            session.execute(update(Issue).where(Issue.id == desk.issue).values({**digest, **stopped, **more}))
            session.commit()
        with database.operator_session() as session:
            session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
            session.commit()

    def watch(minutes):
        for _minute in range(minutes):
            clock.set_to(clock.now() + dt.timedelta(minutes=1))
            desk.job(service.watch)

    return SimpleNamespace(make=make, watch=watch)


def test_a_held_digest_goes_on_by_itself_after_a_while(desk, held):
    held.make()
    held.watch(14)
    assert (desk.row.state, desk.waiting(slices.SEND)) == (IssueState.PAUSED, 0)
    held.watch(1)
    assert (desk.row.state, desk.row.pause_reason, desk.row.paused_at) == (IssueState.SENDING, "", None)
    assert desk.waiting(slices.SEND) == slices.LANES


def test_a_held_digest_waits_until_the_senders_problem_is_gone(desk, held, monkeypatch):
    held.make()
    with monkeypatch.context() as patched:
        patched.setattr(watching, "sender_problems", lambda _session: ["nobody believes us"])
        held.watch(90)
        assert desk.row.state == IssueState.PAUSED
    held.watch(1)
    assert desk.row.state == IssueState.SENDING


def test_a_digest_that_servers_refuse_because_of_us_stays_held(desk, held, monkeypatch):
    held.make()
    monkeypatch.setattr(slices, "POLICY_LEAST", 1)
    with desk.database.session(desk.town.id) as session:
        refused = {"state": DeliveryState.FAILED, "code": 550, "reason": "5.7.1 blocked"}
        session.execute(update(Delivery).where(Delivery.subscriber_id == desk.people[0]).values(refused))
        session.commit()
    held.watch(30)
    assert (desk.row.state, desk.waiting(slices.SEND)) == (IssueState.PAUSED, 0)


def test_a_digest_that_nobody_looked_after_for_an_hour_stays_held(desk, held):
    held.make()
    clock.set_to(NOW + slices.LATE)
    held.watch(30)
    assert (desk.row.state, desk.waiting(slices.SEND)) == (IssueState.PAUSED, 0)


def test_a_letter_that_was_stopped_waits_for_somebody(desk, held):
    desk.do(service.schedule)
    desk.begin()
    desk.do(service.pause)
    held.watch(30)
    assert desk.row.state == IssueState.PAUSED
