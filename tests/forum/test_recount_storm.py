"""Many people do everything at once; afterwards every counter agrees with what it counts."""

import random
import threading
from typing import Any

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.errors import BaukastenError
from baukasten.plugin.refs import Role
from baukasten_forum import judging, recount, service
from baukasten_forum.following import reactions
from baukasten_forum.keys import ReactionKind
from baukasten_forum.staff import joining, letters, undoing
from baukasten_forum.writing import editing, withdrawing

THREADS = 8
SHORT, FULL = 400, 10_000
POST = text("""
SELECT p.id, p.topic_id, p.number, p.visibility FROM forum_post p JOIN forum_topic t ON t.id = p.topic_id
WHERE t.merged_into IS NULL AND p.number IS NOT NULL ORDER BY random() LIMIT 1
""")
TOPICS = text("SELECT id FROM forum_topic WHERE merged_into IS NULL ORDER BY random() LIMIT 2")
LAST = text("SELECT id FROM forum_operation WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1")
DOUBLE = text("""
SELECT topic_id, number FROM forum_post WHERE number IS NOT NULL GROUP BY topic_id, number HAVING count(*) > 1
""")
BEYOND = text("""
SELECT p.id FROM forum_post p JOIN forum_topic t ON t.id = p.topic_id WHERE p.number >= t.next_number
""")
LOST = text("""
SELECT a.id FROM forum_address a JOIN forum_post p ON p.topic_id = a.topic_id AND p.number = a.number
""")
COUNTED = text("""
SELECT t.id, replies, t.supports, answers, answered_at, last_number, last_post_at, last_author_id, last_byline,
array_agg(p.id || ': ' || p.supports || ' ' || p.thanks ORDER BY p.id) AS reactions
FROM forum_topic t LEFT JOIN forum_post p ON p.topic_id = t.id GROUP BY t.id, t.tenant_id
""")


class Person:
    """Somebody who does whatever comes to mind, in a thread of their own."""

    def __init__(self, database, town, forum, member, staff, seed):
        self.database, self.town, self.forum = database, town, forum
        self.member, self.staff = member, staff
        self.random = random.Random(seed)  # noqa: S311 - a test that can be repeated
        self.done, self.refused, self.broken = 0, 0, []
        self.log: list[tuple[Any, ...]] = []
        self.touched: tuple[int, ...] = ()

    def run(self, count):
        for _step in range(count):
            with self.database.session(self.town.id) as session:
                self.touched = ()
                try:
                    verb = self.step(session)
                    session.commit()
                    self.done += 1
                    self.log.append((clock.now(), verb, self.member.id, self.touched))
                except BaukastenError:
                    self.refused += 1
                except Exception as error:  # noqa: BLE001 - whatever it is, the test tells
                    self.broken.append(repr(error))

    def step(self, session):
        verbs = [self.open] * 2 + [self.reply] * 8 + [self.react] * 6 + [self.hide, self.restore, self.change]
        verbs += [self.withdraw, self.merge, self.split, self.move, self.undo, self.letter]
        verb = self.random.choice(verbs)
        verb(session)
        return verb.__name__

    def post(self, session):
        post = session.execute(POST).one()
        self.touched += (post.topic_id,)
        return post

    def topics(self, session):
        ids = session.execute(TOPICS).scalars().all()
        self.touched += tuple(ids)
        return ids

    def open(self, session):
        service.open_topic(session, self.member, self.forum, title="Thema", body="Text", kind="idea")

    def reply(self, session):
        topic = self.topics(session)[0]
        service.reply(session, self.member, self.forum, topic, body="Antwort")

    def react(self, session):
        post = self.post(session)
        kind = self.random.choice(list(ReactionKind))
        pressed = self.random.random() < 0.7
        reactions.react(session, self.member, self.forum, post.topic_id, post.number, kind, pressed=pressed)

    def hide(self, session):
        judging.hide(session, self.post(session).id)

    def restore(self, session):
        post = self.post(session)
        if post.visibility == "hidden":
            judging.restore(session, post.id)

    def change(self, session):
        post = self.post(session)
        found = editing.editable(session, self.member, self.forum, post.topic_id, post.number)
        change = editing.Change(f"Geändert {self.random.random()}", version=found.version, reason="x")
        editing.edit(session, self.member, self.forum, post.topic_id, post.number, change)

    def withdraw(self, session):
        post = self.post(session)
        withdrawing.withdraw(session, self.member, self.forum, post.topic_id, post.number)

    def merge(self, session):
        first, second = self.topics(session)
        joining.merge(session, self.staff, self.forum, first, second)

    def split(self, session):
        post = self.post(session)
        joining.split(session, self.staff, self.forum, post.topic_id, {post.number}, title="Neu")

    def move(self, session):
        post, target = self.post(session), self.topics(session)[0]
        joining.move(session, self.staff, self.forum, post.topic_id, {post.number}, target)

    def undo(self, session):
        operation = session.scalar(LAST)
        if operation:
            self.touched += (operation,)
            undoing.undo(session, self.staff, self.forum, operation)

    def letter(self, session):
        letters.enter(session, self.staff, self.forum, letters.Letter("Brief", title="Per Brief"))


def storm(database, town, forum, new_member, count):
    staff = new_member(Role.MODERATOR)
    with database.session(town.id) as session:
        for _topic in range(4):
            service.open_topic(session, staff, forum, title="Beginn", body="Text", kind="idea")
        session.commit()
    people = [
        Person(database, town, forum, new_member(Role.MODERATOR), staff, seed) for seed in range(THREADS)
    ]
    threads = [threading.Thread(target=one.run, args=(count // THREADS,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return people


def told(people, drifted):
    """What drifted, as it stood and as it is, and what was done there; an undoing names its operation."""
    done = sorted(entry for one in people for entry in one.log)
    lines = []
    for stored, true in drifted:
        lines += [stored, true, *(entry for entry in done if entry[1] == "undo" or true.id in entry[3])]
    return "\n".join(map(str, lines))


def check(database, town, people, count):
    assert [error for one in people for error in one.broken] == []
    assert sum(one.done + one.refused for one in people) == count
    assert sum(one.done for one in people) > count / 2, "most of it worked"
    with database.session(town.id) as session:
        before = {row.id: row for row in session.execute(COUNTED)}
        drifted = recount.everything(session)
        changed = [(before[row.id], row) for row in session.execute(COUNTED) if row != before[row.id]]
        assert drifted == 0, told(people, changed)
        assert session.execute(DOUBLE).all() == []
        assert session.execute(BEYOND).all() == []
        assert session.execute(LOST).all() == [], "no old number is given again"


def test_a_short_storm_leaves_no_drift(database, town, forum, new_member):
    people = storm(database, town, forum, new_member, SHORT)
    check(database, town, people, SHORT)


@pytest.mark.soak
def test_a_storm_leaves_no_drift(database, town, forum, new_member):
    people = storm(database, town, forum, new_member, FULL)
    check(database, town, people, FULL)
