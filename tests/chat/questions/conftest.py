"""A question hour whose questions wait, and what is told of them to whom."""

import dataclasses

import pytest

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten.realtime import exchange
from baukasten.realtime.bell import TOPIC, Ring
from baukasten.realtime.bus import Follower
from baukasten_chat.keys import QUESTION_TYPE
from baukasten_chat.models import Question
from baukasten_chat.questions import service


@pytest.fixture
def told(database, base_config, town):
    """Give a session of the town, and all that is rung in it after its commits."""
    own = dataclasses.replace(database, on_written=[], tools={})
    news = []
    ear = Follower(lambda one: news.append(Ring.read(one)), lambda: None)
    exchange.install(own, base_config).bus.follow(TOPIC, ear)
    with own.session(town.id) as opened:
        yield opened, news


@pytest.fixture
def let_in(moderator):
    """Let a question into view as moderators do."""

    def do(session, question_id):
        moderation.publish(session, moderator, ContentRef(QUESTION_TYPE, question_id))
        session.commit()

    return do


@pytest.fixture
def open_question(hour, let_in):
    """Give the number of a question that somebody asked and that was let in."""

    def do(session, who, body, **more):
        asked = service.ask(session, who, hour, body=body, **more)
        session.commit()
        if asked.number is None:
            let_in(session, asked.id)
        again = service._asked(session, Question.id == asked.id)
        return again.number

    return do
