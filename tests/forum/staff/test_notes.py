"""Staff's notes are for staff alone."""

import pytest
from sqlalchemy import text

from baukasten.errors import Denied, Invalid, NotFound
from baukasten_forum.staff import notes


def test_notes_are_left_read_and_taken_away(session, forum, topic, moderator):
    first = notes.add(session, moderator, forum, topic.topic_id, " Bauhof fragen ")
    notes.add(session, moderator, forum, topic.topic_id, "Antwort kommt Montag")
    found = notes.of(session, topic.topic_id)
    assert [(one.author, one.body) for one in found] == [
        ("Mo Deich", "Antwort kommt Montag"),
        ("Mo Deich", "Bauhof fragen"),
    ]
    notes.remove(session, moderator, forum, topic.topic_id, first)
    assert notes.count(session, topic.topic_id) == 1


def test_another_ones_note_leaves_a_trace(session, forum, topic, moderator, new_member):
    other = new_member(*moderator.roles, name="Ma Siel")
    note = notes.add(session, moderator, forum, topic.topic_id, "x")
    notes.remove(session, other, forum, topic.topic_id, note)
    log = text("SELECT target FROM audit_entry WHERE action = 'forum.note.remove'")
    assert session.scalars(log).all() == [f"topic:{topic.topic_id}"]


def test_citizens_and_bad_notes_are_refused(session, forum, topic, moderator, anna):
    with pytest.raises(Denied):
        notes.add(session, anna, forum, topic.topic_id, "x")
    with pytest.raises(NotFound):
        notes.add(session, moderator, forum, 10**12, "x")
    for body in ("", "  ", "x" * 2_001):
        with pytest.raises(Invalid):
            notes.add(session, moderator, forum, topic.topic_id, body)
    with pytest.raises(NotFound):
        notes.remove(session, moderator, forum, topic.topic_id, 7)
