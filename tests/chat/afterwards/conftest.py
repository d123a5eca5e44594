"""An evening in a question hour, with what people said, asked and answered."""

import datetime as dt

import pytest

from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten_chat.afterwards import making, redacting, telling
from baukasten_chat.keys import QUESTION_TYPE
from baukasten_chat.messages import service as messages
from baukasten_chat.questions import service as questions
from baukasten_chat.questions import stage
from tests.chat.conftest import NOW, open_chat

MINUTE = dt.timedelta(minutes=1)
EVENING = making.Stretch(NOW - 60 * MINUTE, NOW + 60 * MINUTE)


@pytest.fixture
def hour(evening, database, town):
    """A question hour at the moment at which the clock stands."""
    return open_chat(database, town, form="questions", one_question=False)


@pytest.fixture
def ask(session, hour, moderator):
    """Ask something, and let it in."""

    def do(actor, body, *, anonymous=False):
        asked = questions.ask(session, actor, hour, body=body, anonymous=anonymous)
        decide_content(session, moderator, ContentRef(QUESTION_TYPE, asked.id), Step(Measure.PUBLISH))
        session.commit()
        return asked.id

    return do


@pytest.fixture
def said(session, turn, hour, ask, anna, ben, moderator):
    """An evening: a greeting, a question on stage, the town's word, an answer; a second question stays open."""
    turn(NOW)
    messages.say(session, anna, hour, body="Moin zusammen, auch @Ben Hafen")
    turn(NOW + MINUTE)
    ask(ben, "Wird der Steg gebaut?")
    turn(NOW + 2 * MINUTE)
    messages.say(session, moderator, hour, body="Gleich geht es los.", town=True)
    turn(NOW + 3 * MINUTE)
    stage.to_stage(session, moderator, hour, 1)
    turn(NOW + 5 * MINUTE)
    stage.answered(session, moderator, hour, 1, by="Bauamt", minute=12, answer="Ja, im **Mai**.")
    turn(NOW + 6 * MINUTE)
    ask(anna, "Und wer bezahlt das?", anonymous=True)
    session.commit()
    return hour


@pytest.fixture
def draft(session, hour, moderator):
    """Draft the transcript of the evening; gives its row and its lines."""

    def do(stretch=EVENING):
        number = making.draft(session, moderator, hour, "Abend am Hafen", stretch)
        session.commit()
        row = redacting.find(session, hour, number, drafts=True)
        return row, telling.lines(session, row)

    return do
