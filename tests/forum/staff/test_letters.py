"""What came by letter stands under its author's name, with the day it came."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten.errors import Denied, Invalid, NotFound
from baukasten_forum import recount
from baukasten_forum.staff import letters
from baukasten_forum.staff.letters import Letter

POST = text(
    "SELECT byline, author_id, entered_by, via, created_at::date, number FROM forum_post ORDER BY id DESC"
)
TOPIC = text("SELECT byline, author_id, last_byline, last_author_id FROM forum_topic")


def test_a_letter_becomes_a_topic(session, noon, forum, moderator):
    letter = Letter(
        "Eine **Rampe**.", title="Rampe am Kai", name="H. Kranführer", received_on=dt.date(2026, 11, 20)
    )
    written = letters.enter(session, moderator, forum, letter, "mark")
    row = session.execute(POST).one()
    assert tuple(row) == ("H. Kranführer", None, moderator.id, "letter", dt.date(2026, 11, 20), 1)
    assert tuple(session.execute(TOPIC).one()) == ("H. Kranführer", None, "H. Kranführer", None)
    assert letters.enter(session, moderator, forum, letter, "mark") == written, "a double click says it once"
    assert recount.everything(session) == 0


def test_a_letter_may_reply_and_stay_without_a_name(session, noon, forum, topic, moderator, anna):
    letters.enter(session, moderator, forum, Letter("Dafür.", topic_id=topic.topic_id))
    row = session.execute(POST).first()
    assert tuple(row) == ("", None, moderator.id, "letter", dt.date(2026, 11, 22), 2)
    assert tuple(session.execute(TOPIC).one()) == ("", anna.id, "", None)


def test_bad_letters_are_refused(session, noon, forum, topic, moderator, anna):
    with pytest.raises(Denied):
        letters.enter(session, anna, forum, Letter("Dafür.", title="T"))
    for letter in (
        Letter("Dafür.", title=""),
        Letter("", title="T"),
        Letter("Dafür.", title="T", name="x" * 81),
        Letter("Dafür.", title="T", received_on=dt.date(2026, 11, 23)),
    ):
        with pytest.raises(Invalid):
            letters.enter(session, moderator, forum, letter)
    with pytest.raises(NotFound):
        letters.enter(session, moderator, forum, Letter("Dafür.", topic_id=10**12))
    assert session.scalar(text("SELECT count(*) FROM forum_post")) == 1


def test_the_log_names_who_entered_it(session, noon, forum, moderator):
    letters.enter(session, moderator, forum, Letter("Eine Rampe.", title="Rampe", name="H. K."))
    row = session.execute(
        text("SELECT actor_member_id, facts::text FROM audit_entry WHERE action = 'forum.letter.enter'")
    ).one()
    assert row[0] == moderator.id
    assert "H. K." not in row[1]
