"""Whatever people and moderators do in whatever order, each count on a page is what counting from scratch gives."""

import datetime as dt
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from baukasten import clock
from baukasten.errors import BaukastenError, NotFound
from baukasten.moderation import cases, deciding, kinds
from baukasten.moderation import service as moderation
from baukasten.moderation.appeals import filing, settling
from baukasten.moderation.models import Appeal, Case, Decision, Measure
from baukasten.moderation.queue import counts as queue_counts
from baukasten.moderation.queue.filters import State
from baukasten.moderation.reporting import service as reporting
from baukasten.moderation.screening.models import AuthorRecord, Submission
from baukasten.moderation.steps import Step, steps_for
from baukasten.plugin.refs import ContentRef, Outcome, Role, Ruling, Verdict
from baukasten_forum import facts, listing, recount, service
from baukasten_forum.answers import service as answers
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages import accepting
from baukasten_forum.writing import editing, resubmitting, withdrawing
from baukasten_forum.writing.models import Wording

IN_VIEW = {"published", "folded"}
REASON: dict[str, Any] = {"rule": "Regel 3", "facts": "Werbung"}
ZONE = "Europe/Berlin"
VERBS = {
    "open": 4, "reply": 12, "answer": 3, "accept": 5, "edit": 4, "withdraw": 2, "report": 6, "decide": 24, "undo": 8,
    "appeal": 4, "settle": 4,
}  # fmt: skip


class Crowd:
    """People and moderators who do what comes to mind, one after the other."""

    def __init__(self, session, forum, people, staff, seed):
        self.session, self.forum, self.people, self.staff = session, forum, people, staff
        self.random = random.Random(seed)  # noqa: S311 - a test that can be repeated
        self.ruling, self.number, self.last = Ruling.ALLOW, 0, None
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def run(self, count, check, every):
        """Do ``count`` things a few seconds apart, and check after every so many."""
        now = clock.now()
        for step in range(1, count + 1):
            verb = self.random.choices(list(VERBS), list(VERBS.values()))[0]
            # Mostly seconds apart; now and then so long that decisions are told and may be appealed against.
            now += dt.timedelta(seconds=self.random.choice((1, 2, 3, 90)))
            self.ruling = self.random.choice((Ruling.ALLOW, Ruling.ALLOW, Ruling.HOLD))
            with clock.turned(now):
                try:
                    with self.session.begin_nested():
                        getattr(self, verb)()
                    self.done[verb] += 1
                except BaukastenError:
                    self.refused[verb] += 1
            if step % every == 0:
                check()

    def words(self):
        self.number += 1
        return f"Gedanke {self.number}"

    def some(self, *where):
        """Give a post by chance, with its topic."""
        columns = (Post.id, Post.topic_id, Post.number, Post.author_id, Post.visibility, Post.kept_number)
        rows = self.session.execute(select(*columns).where(*where).order_by(Post.id)).all()
        # Mostly among the newest, so that much happens to the same ones.
        return self.choice(rows[-25:])

    def choice(self, rows):
        if not rows:
            raise NotFound
        return self.random.choice(rows)

    def member(self, member_id):
        return next((one for one in (*self.people, *self.staff) if one.id == member_id), self.people[0])

    def open(self):
        author, kind = (
            self.random.choice(self.people),
            self.random.choice(("discussion", "question", "question")),
        )
        written = service.open_topic(self.session, author, self.forum, title=self.words(), body=self.words())
        self.session.execute(update(Topic).where(Topic.id == written.topic_id).values(kind=kind))

    def reply(self):
        at = self.some(Post.number.is_not(None))
        to = at.id if self.random.random() < 0.3 else None
        author = self.random.choice(self.people)
        service.reply(self.session, author, self.forum, at.topic_id, body=self.words(), reply_to=to)

    def answer(self):
        self.ruling, at = Ruling.ALLOW, self.some(Post.number.is_not(None))
        said = answers.Facts(
            "Bauamt", self.random.choice((Outcome.EXAMINATION, Outcome.ADOPTED, Outcome.DONE))
        )
        latest = answers.newest(self.session, at.topic_id)
        answers.answer(
            self.session, self.staff[0], self.forum, (at.topic_id, self.random.choice((1, at.number))),
            body=self.words(), facts=said, seen=latest.id if latest else 0,
        )  # fmt: skip

    def accept(self):
        asked = select(Topic.id).where(Topic.kind == "question")
        at = self.some(Post.number > 1, Post.visibility.in_(IN_VIEW), Post.topic_id.in_(asked))
        accepting.accept(self.session, self.staff[0], self.forum, at.topic_id, at.number)

    def edit(self):
        at = self.some(Post.visibility.in_(("published", "folded", "held")), Post.kind == "post")
        author = self.member(at.author_id)
        if at.number is None:
            now = resubmitting.editable(self.session, author, self.forum, at.id)
            change = editing.Change(self.words(), now.title, version=now.version)
            resubmitting.edit(self.session, author, self.forum, at.id, change)
        else:
            now = editing.editable(self.session, author, self.forum, at.topic_id, at.number)
            change = editing.Change(self.words(), now.title, "Genauer", now.version)
            editing.edit(self.session, author, self.forum, at.topic_id, at.number, change)

    def withdraw(self):
        at = self.some(Post.visibility.in_(("published", "held")), Post.kind == "post")
        author = self.member(at.author_id)
        if at.number is None:
            withdrawing.withdraw_held(self.session, author, self.forum, at.id)
        else:
            withdrawing.withdraw(self.session, author, self.forum, at.topic_id, at.number)

    def report(self):
        at = self.some(Post.visibility.in_(IN_VIEW))
        content = reporting.reported(self.session, f"forum.post:{at.id}")
        reporting.file(
            self.session, self.random.choice(self.people), content, reason="other", explanation="Seht her"
        )

    def decide(self):
        """Take any step that fits, on a contribution or on a change of one that waits."""
        waiting = self.session.scalars(select(Wording.post_id).where(Wording.visibility == "held")).all()
        if waiting and self.random.random() < 0.3:
            ref = ContentRef(editing.WORDING_TYPE, self.random.choice(waiting))
        else:
            at = self.some(Post.visibility != "withdrawn")
            ref = ContentRef("forum.post", at.id)
        kind, content = kinds.content_type(self.session, ref.type), kinds.find(self.session, ref)
        measure = self.random.choice(steps_for(self.session, kind, content))
        gentle = measure in {Measure.PUBLISH, Measure.KEEP, Measure.RESTORE}
        note = "Dazu sei gesagt" if measure is Measure.NOTE else ""
        step = Step(measure, **({} if gentle else REASON), public_text=note)
        self.last = deciding.decide_content(self.session, self.staff[0], ref, step).id

    def undo(self):
        deciding.undo(self.session, self.staff[0], self.last or 0)

    def appeal(self):
        strict = [
            one.value
            for one in (Measure.ASK, Measure.NOTE, Measure.FOLD, Measure.HIDE, Measure.REMOVE, Measure.REJECT)
        ]
        query = select(Decision).where(Decision.measure.in_(strict), Decision.undone_at.is_(None))
        rows = self.session.scalars(query.order_by(Decision.id)).all()
        decision = self.choice(rows[-20:])
        body = "Das war sachlich gemeint und gehört hierher."
        filing.by_author(self.session, self.member(decision.subject_id), decision.id, body, ZONE)

    def settle(self):
        query = select(Case.id).join(Appeal, Appeal.id == Case.appeal_id).where(Appeal.outcome.is_(None))
        open_ones = self.session.scalars(query.order_by(Case.id)).all()
        granted = self.random.random() < 0.7
        settling.settle(
            self.session,
            self.staff[1],
            self.choice(open_ones),
            granted=granted,
            answer="Geprüft.",
        )


class Books:
    """All rows, and what they add up to."""

    def __init__(self, session):
        # Counts of the queue are remembered for one transaction.
        session.commit()
        self.topics = session.execute(select(*Topic.__table__.columns).order_by(Topic.id)).all()
        rows = session.execute(select(*Post.__table__.columns).order_by(Post.number, Post.id)).all()
        self.posts = {topic.id: [row for row in rows if row.topic_id == topic.id] for topic in self.topics}
        self.session = session

    def shown(self, topic_id):
        return [row for row in self.posts[topic_id] if row.visibility in IN_VIEW]

    def check_topics(self):
        for topic in self.topics:
            shown = self.shown(topic.id)
            replies = [row for row in shown if row.number > 1 and row.kind != "notice"]
            said = [row for row in shown if row.kind == "answer"]
            assert topic.replies == len(replies), topic.id
            assert topic.answers == len(said), topic.id
            assert topic.answered_at == min((row.created_at for row in said), default=None)
            numbers = [row.number for row in self.posts[topic.id] if row.number is not None]
            assert len(numbers) == len(set(numbers))
            assert max(numbers, default=0) < topic.next_number
            if shown:
                assert (topic.last_number, topic.last_author_id) == (shown[-1].number, shown[-1].author_id)
                assert topic.last_post_at == max(row.created_at for row in shown)
            self.check_first(topic)
            self.check_outcome(topic, said)

    def check_first(self, topic):
        opening = [row for row in self.posts[topic.id] if 1 in {row.number, row.kept_number}]
        first = opening[0] if opening else self.posts[topic.id][0]
        if first.visibility != "withdrawn":
            assert topic.visibility == first.visibility, topic.id
        else:
            assert topic.visibility in IN_VIEW | {"withdrawn"}, topic.id
        if topic.accepted_number is not None:
            assert topic.accepted_number in {row.number for row in self.shown(topic.id)}, topic.id

    def check_outcome(self, topic, said):
        first = {row.id for row in self.posts[topic.id] if row.number == 1}
        whole = [row.outcome for row in said if row.reply_to is None or row.reply_to in first]
        assert topic.outcome == (whole[-1] if whole else "open"), topic.id

    def check_lists(self, forum):
        shown = [topic for topic in self.topics if topic.visibility in IN_VIEW]
        replies = sum(len([row for row in self.shown(topic.id) if row.number > 1]) for topic in shown)
        answered = sum(any(row.kind == "answer" for row in self.shown(topic.id)) for topic in shown)
        found = listing.counts(self.session, forum.id)
        assert (found.topics, found.contributions) == (len(shown), len(shown) + replies)
        assert (found.answered, found.unanswered) == (answered, len(shown) - answered)
        assert found.outcomes == Counter(topic.outcome for topic in shown)
        stats = {one.key: one.value for one in facts.stats(self.session, forum.project)}
        assert stats == {
            "forum.contributions": len(shown) + replies, "forum.replies": replies, "forum.answered": answered,
        }  # fmt: skip
        pages = listing.page(self.session, forum.id, listing.SORTS["antworten"])
        by_id = {topic.id: self.shown(topic.id) for topic in shown}
        for row in pages.rows:
            assert row.replies == len([one for one in by_id[row.id] if one.number > 1])

    def check_queue(self, moderator):
        rows = self.session.execute(
            select(Case.content_type, Case.content_id, Case.cause, Case.closed_at)
        ).all()
        waiting = [row for row in rows if row.closed_at is None]
        assert cases.count_open(self.session) == len(waiting)
        assert queue_counts.by_state(self.session, moderator)[State.OPEN] == len(waiting)
        at = {(row.content_type, row.content_id) for row in waiting if row.cause != "appeal"}
        assert len(at) == len([row for row in waiting if row.cause != "appeal"])
        held = [row.id for rows in self.posts.values() for row in rows if row.visibility == "held"]
        told = moderation.reasons(self.session, "forum.post", held)
        forgotten = [one for one in held if ("forum.post", one) not in at and not told.get(one)]
        assert forgotten == [], "what waits stands in the queue, or waits for its author"

    def check_members(self):
        """As those who moderate see it beside a name: what came into view, each once."""
        query = select(Submission.author_id).where(Submission.seen_at.is_not(None))
        counted = Counter(self.session.scalars(query))
        known = self.session.execute(select(AuthorRecord.member_id, AuthorRecord.published)).all()
        assert {member: count for member, count in known if count} == dict(counted)


@pytest.fixture
def crowd(monkeypatch, session, forum, new_member):
    """Gives a crowd of four and two moderators, and the check of all that is counted."""

    def make(seed):
        people = [new_member(name=f"Person {letter}") for letter in "ABCD"]
        staff = [new_member(Role.MODERATOR, name=f"Mo {number}") for number in (1, 2)]
        made = Crowd(session, forum, people, staff, seed)
        monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(made.ruling, "test", "Moment bitte"))

        def check():
            books = Books(session)
            books.check_topics()
            books.check_lists(forum)
            books.check_queue(staff[0])
            books.check_members()
            ids = [topic.id for topic in books.topics]
            assert (recount.topics(session, ids), recount.reactions(session, ids)) == (0, 0)

        return made, check

    return make


@pytest.mark.parametrize("seed", [4, 5])
def test_all_counts_are_right_after_random_operations(noon, crowd, seed):
    made, check = crowd(seed)
    made.run(150, check, every=50)
    assert all(made.done[verb] for verb in VERBS), (made.done, made.refused)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 22])
def test_all_counts_are_right_after_ten_thousand_random_operations(noon, crowd, seed):
    made, check = crowd(seed)
    made.run(10_000, check, every=100)
    assert all(made.done[verb] >= 100 for verb in VERBS), (made.done, made.refused)
