"""The jobs that send: short slices, so that towns take turns and confirmation mails never wait for an issue."""

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select, text, update

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import (
    Answer,
    Letter,
    Scope,
    clock,
    enqueue,
    hand_over_mails,
    mail_sender,
    outgoing,
    record,
    work,
)
from baukasten_newsletter.keys import DeliveryState, IssueState
from baukasten_newsletter.models import Issue
from baukasten_newsletter.people import watching
from baukasten_newsletter.returns import service as returns
from baukasten_newsletter.sending import composing, inquiries, ledger, outcomes, pacing
from baukasten_newsletter.sending.composing import Composer, Recipient, Source, Words
from baukasten_newsletter.sending.ledger import Worker
from baukasten_newsletter.sending.outcomes import Beyond, Outcome

_ = lazy("newsletter")
log = logging.getLogger("baukasten.newsletter")

SEND = "newsletter.send"
LANES = 2
"""Slices of one issue that may work at the same time."""
LINES = 12
"""Connections a slice: at most so many mails are uncertain when it is killed."""
BATCH = 250
SECONDS = 2.0
PRIORITY = -10
"""Behind everything else that waits, confirmation mails before all."""
LATE = dt.timedelta(hours=1)
"""Without a sign of life for so long, sending does not go on by itself: the database may be that of yesterday."""
POLICY_LEAST, POLICY_SHARE = 10, 0.05
UNWRITABLE = "unwritable"
HOPELESS = 3
"""So many mails that cannot be written, and none that can: time to find out whose matter it is."""
PLAIN = "somebody@plain.invalid"
"""Nobody's address (RFC 2606), to which any mail can be written."""
UNSYNCED = {"synchronize_session": False}
# In text, for it changes no page that anybody keeps.
ALIVE = text("UPDATE newsletter_issue SET active_at = :now WHERE tenant_id = :tenant AND id = :issue")
Pair = tuple[Recipient, Letter]


def send(session: Scope, *, issue_id: int, lane: int = 0, seconds: float = SECONDS) -> None:
    """Send an issue for a while; queue the next slice while somebody waits, and close the issue after the last."""
    now = clock.now()
    issue = _issue(session, issue_id)
    if issue is None or issue.state != IssueState.SENDING or _is_stale(session, issue, now):
        session.commit()
        return
    if watching.is_other_secret(session):
        halt(session, issue_id, watching.OTHER_SECRET)
        session.commit()
        return
    until = pacing.server_back_at(session, now)
    if until is None:
        job = work(session)
        ledger.found_on_broken_connections(session, issue_id, now, job.job_id, job.attempt)
        session.execute(ALIVE, {"now": now, "tenant": session.tenant_id, "issue": issue_id})
        more = Slice(session, issue).work(seconds)
        if is_refused_by_policy(session, issue_id):
            halt(session, issue_id, _("Too many servers refuse our mails because of who sends them."))
        until = None if more else inquiries.next_due(session, issue_id)
        if not more and until is None:
            finish(session, issue_id)
            return
    go_on(session, issue_id, lane, until or pacing.server_back_at(session, now))


def go_on(session: Scope, issue_id: int, lane: int, at: dt.datetime | None = None) -> None:
    """Queue the next slice of a lane; one that waits already does this one's work.

    It begins once the one before has ended: else what is queued by the minute would work beside it, and more mails
    than the lanes' would be under way at a time.
    """
    place = f"{SEND} {session.tenant_id} {issue_id} {lane}"
    enqueue(
        session,
        SEND,
        lock=place,
        queueing_lock=place,
        schedule_at=at,
        priority=PRIORITY,
        issue_id=issue_id,
        lane=lane,
    )


def start_lanes(session: Scope, issue_id: int) -> None:
    """Queue all lanes of an issue."""
    for lane in range(LANES):
        go_on(session, issue_id, lane)


def finish(session: Scope, issue_id: int) -> None:
    """Call an issue sent once nobody waits for it any more."""
    if inquiries.is_left(session, issue_id):
        return
    values = {"state": IssueState.SENT, "finished_at": clock.now()}
    done = update(Issue).where(Issue.id == issue_id, Issue.state == IssueState.SENDING).values(values)
    session.execute(done, execution_options=UNSYNCED)


def halt(session: Scope, issue_id: int, reason: LazyText, said: str = "") -> None:
    """Let an issue stand still until somebody decides; ``said`` are a server's words."""
    told = f"{reason} {said}".strip()
    values = {"state": IssueState.PAUSED, "paused_at": clock.now(), "pause_reason": told}
    stopped = update(Issue).where(Issue.id == issue_id, Issue.state == IssueState.SENDING).values(values)
    if session.scalar(stopped.returning(Issue.id), execution_options=UNSYNCED) is not None:
        record(session, None, "newsletter.issue.hold", f"newsletter_issue:{issue_id}")


def _issue(session: Scope, issue_id: int) -> Issue | None:
    found: Issue | None = session.scalar(
        select(Issue).where(Issue.id == issue_id).execution_options(populate_existing=True)
    )
    return found


def _is_stale(session: Scope, issue: Issue, now: dt.datetime) -> bool:
    """Stop an issue on which nobody worked for an hour although somebody should have."""
    seen = issue.active_at or issue.started_at
    if seen is None or now - seen <= LATE:
        return False
    due = inquiries.next_due(session, issue.id)
    if due is not None and now - due <= LATE:
        return False
    halt(
        session, issue.id, _("Sending was interrupted for more than an hour. Please look before it goes on.")
    )
    return True


def is_refused_by_policy(session: Scope, issue_id: int) -> bool:
    """Tell whether too many servers refuse an issue because of us."""
    refused, answered = inquiries.refused_by_policy(session, issue_id)
    return refused >= POLICY_LEAST and refused >= POLICY_SHARE * answered


class Slice:
    """A few seconds of sending one issue over a few connections, a round a mail on each."""

    def __init__(self, session: Scope, issue: Issue) -> None:
        """Read what all mails share."""
        self._session, self._issue_id = session, issue.id
        job = work(session)
        name = ledger.name_of(job.job_id, job.attempt)
        self._worker = Worker(name, issue.id, issue.version, issue.kind)
        self._composer = Composer(session, issue, mail_sender(session))
        self._source: Source = composing.source_of(session, issue)
        self._queue: list[Recipient] = []
        self._words: dict[int, Words] = {}
        self._done: dict[int, Outcome] = {}
        self._unwritable: list[int] = []
        self._odd: list[tuple[Recipient, Words]] = []
        self._wrote = False
        self._slowed: dict[str, str] = {}
        self._stopped = False
        self._failure: Exception | None = None

    def work(self, seconds: float) -> bool:
        """Send for about so long; tells whether somebody may be waiting right now."""
        until = time.monotonic() + seconds
        more = True
        with outgoing(self._session).lines(LINES) as lines:
            ready: list[Pair] = []
            while not self._stopped and self._failure is None and time.monotonic() < until:
                ready = ready or self._next(len(lines))
                if not ready:
                    more = False
                    break
                going = self._turn(ready)
                ready = []
                if going:
                    answers = hand_over_mails(lines, [letter for _one, letter in going], self._ahead(ready))
                    self._judge([one for one, _letter in going], answers)
        self._end()
        if self._failure is not None:
            raise self._failure
        return more

    def _ahead(self, ready: list[Pair]) -> Callable[[], None]:
        """Give what is done while the servers read: writing the mails of the next round."""

        def write() -> None:
            try:
                ready.extend(self._written(LINES))
            except Exception as error:  # noqa: BLE001 - raised again once the answers of this round are written down
                self._failure = error

        return write

    def _next(self, count: int) -> list[Pair]:
        """Give the next mails, claiming more deliveries where none is left."""
        ready = self._written(count)
        if not ready and not self._stopped:
            self._claim()
            ready = self._written(count)
        if not self._wrote and len(self._odd) >= HOPELESS:
            self._blame_people_or_give_up()
        return ready

    def _blame_people_or_give_up(self) -> None:
        """Stop where not even somebody plain could be written to: what all share is wrong, and nobody is skipped."""
        for one, words in self._odd:
            try:
                self._composer.letter(replace(one, address=PLAIN, name=""), words)
            except ValueError:
                continue
            self._wrote = True
            return
        self._unwritable, self._stopped = [], True
        halt(
            self._session,
            self._issue_id,
            _("Not one of the mails can be written; the server's log says why."),
        )

    def _claim(self) -> None:
        """Claim until somebody may be written to, or nobody is left; each time something is laid aside or put off."""
        now = clock.now()
        self._note_pace(now)
        # What was passed over meanwhile is looked at anew: it has to wait, or is skipped.
        ledger.give_back(self._session, self._worker)
        claimed = 1
        while claimed and not self._queue:
            claimed, self._queue = ledger.claim(self._session, self._worker, BATCH, now)
            found = self._source.words(self._session, self._queue) if self._queue else {}
            speechless = {one.delivery_id for one in self._queue} - found.keys()
            ledger.skip(self._session, dict.fromkeys(speechless, ledger.NOTHING_NEW))
            self._queue = [one for one in self._queue if one.delivery_id in found]
            self._words = dict(found)
            self._session.commit()

    def _written(self, count: int) -> list[Pair]:
        """Write the mails of the first in the queue; touches no connection and no row."""
        ready: list[Pair] = []
        while self._queue and len(ready) < count:
            one = self._queue.pop(0)
            words = self._words.pop(one.delivery_id)
            if one.domain in self._slowed:
                continue
            try:
                ready.append((one, self._composer.letter(one, words)))
                self._wrote = True
            except ValueError:
                # One person's odd values must not stop everybody else's mail.
                log.exception("issue %s: delivery %s cannot be written", self._issue_id, one.delivery_id)
                self._unwritable.append(one.delivery_id)
                if len(self._odd) < HOPELESS:
                    self._odd.append((one, words))
        return ready

    def _turn(self, ready: Sequence[Pair]) -> list[Pair]:
        """Note the last round, mark this one, commit; gives the mails that may really go."""
        self._note_refusals()
        now = clock.now()
        numbers = [one.delivery_id for one, _letter in ready]
        going = ledger.turn(self._session, self._worker, self._done, numbers, now)
        self._skip_unwritable()
        self._done = {}
        self._session.commit()
        if len(going) < len(numbers):
            self._look_around()
        return [pair for pair in ready if pair[0].delivery_id in going]

    def _note_refusals(self) -> None:
        """Let refusals count for the people they are about; first, so that whoever dies here asks the server again.

        A transaction of its own, which touches no delivery: it waits for nobody who waits for this round's rows.
        """
        refused = [pair for pair in self._done.items() if pair[1].state == DeliveryState.FAILED]
        if not refused:
            return
        self._session.commit()
        try:
            for number, outcome in refused:
                returns.note_refusal(self._session, number, code=outcome.code or 0, text=outcome.reason)
                self._session.commit()
        except Exception as error:  # noqa: BLE001 - raised again once the answers of this round are written down
            self._session.rollback()
            self._failure = error

    def _skip_unwritable(self) -> None:
        bad, self._unwritable = self._unwritable, []
        ledger.skip(self._session, dict.fromkeys(bad, UNWRITABLE))

    def _look_around(self) -> None:
        """Find out why somebody was not sent to: the issue was stopped or changed, or they left just now."""
        stands = self._session.execute(
            select(Issue.state, Issue.version).where(Issue.id == self._issue_id)
        ).one_or_none()
        self._stopped = stands is None or tuple(stands) != (IssueState.SENDING, self._worker.version)
        self._session.commit()

    def _judge(self, going: Sequence[Recipient], answers: Sequence[Answer]) -> None:
        now = clock.now()
        for one, answer in zip(going, answers, strict=True):
            outcome = outcomes.judge(answer, one.attempts, now)
            self._done[one.delivery_id] = outcome
            if outcome.beyond is Beyond.DOMAIN:
                self._slowed[one.domain] = outcome.reason
            elif outcome.beyond is Beyond.SERVER and not self._stopped:
                self._stopped = True
                pacing.server_rests(self._session, outcome.reason, now)
            elif outcome.beyond is Beyond.SENDER:
                self._stopped = True
                halt(self._session, self._issue_id, _("Our mail server refuses the sender:"), outcome.reason)

    def _note_pace(self, now: dt.datetime) -> None:
        slowed, self._slowed = self._slowed, {}
        pacing.slow_down(self._session, slowed, now)

    def _end(self) -> None:
        """Note the last round and give back what was not sent."""
        self._note_refusals()
        now = clock.now()
        ledger.turn(self._session, self._worker, self._done, (), now)
        self._skip_unwritable()
        self._note_pace(now)
        ledger.give_back(self._session, self._worker)
        self._session.commit()
