"""The search knows what everybody sees in live rooms, and nothing of what waits or went."""

import pytest

from baukasten.tenants import settings
from baukasten_chat.messages import editing, states
from baukasten_chat.messages.service import say
from baukasten_chat.questions import service as questions
from baukasten_chat.search import SOURCES

MESSAGES, QUESTIONS = SOURCES


@pytest.fixture
def said(session, hour, anna, moderator):
    """One message that waits, and one in view."""
    settings.write(session, "moderation.screening", {"words_held": "schrott"})
    held = say(session, anna, hour, body="So ein Schrott").id
    shown = say(session, moderator, hour, body="Guten **Abend** & willkommen").id
    session.commit()
    return held, shown


def test_a_message_in_view_is_a_document(session, hour, said):
    held, shown = said
    found = MESSAGES.document(session, shown)
    assert found is not None
    assert (found.content_type, found.id, found.title, found.body, found.path, found.module_id) == (
        "chat.message",
        shown,
        "Fragestunde #1",
        "Guten Abend & willkommen",
        f"{hour.path}nachricht/1",
        hour.id,
    )
    assert found.published_at is not None
    assert MESSAGES.document(session, held) is None
    assert list(MESSAGES.stream(session)) == [found]


@pytest.mark.parametrize("verb", ["hide", "remove", "hold"])
def test_what_leaves_view_leaves_the_search(session, said, verb):
    getattr(states, verb)(session, said[1])
    assert MESSAGES.document(session, said[1]) is None
    assert list(MESSAGES.stream(session)) == []


def test_what_was_taken_back_is_gone_and_what_is_folded_has_no_words(session, hour, moderator, said):
    states.fold(session, said[1])
    folded = MESSAGES.document(session, said[1])
    assert folded is not None
    assert folded.body == ""
    editing.withdraw(session, moderator, hour, said[1])
    assert MESSAGES.document(session, said[1]) is None


def test_questions_are_found_once_they_are_in_view(session, hour, anna):
    asked = questions.ask(session, anna, hour, body="Wann wird saniert?")
    assert QUESTIONS.document(session, asked.id) is None
    questions.publish(session, asked.id)
    found = QUESTIONS.document(session, asked.id)
    assert found is not None
    assert (found.title, found.body, found.path) == (
        "Fragestunde #1",
        "Wann wird saniert?",
        f"{hour.path}frage/1",
    )
    assert list(QUESTIONS.stream(session)) == [found]


def test_another_town_streams_nothing(database, other_town, said):
    with database.session(other_town.id) as elsewhere:
        assert list(MESSAGES.stream(elsewhere)) == []
        assert MESSAGES.document(elsewhere, said[1]) is None
