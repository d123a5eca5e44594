"""What is hidden, taken back or erased after a transcript was published leaves it and its paper too."""

import pytest
from sqlalchemy import select

from baukasten.media.models import Media
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten.testing.fixtures import drop_left_over
from baukasten.workshop import make_worker
from baukasten_chat import personal
from baukasten_chat.afterwards import publishing, redacting, telling
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.messages import editing
from baukasten_chat.models import Line, Message, Question, Transcript

HIDE = Step(Measure.HIDE, "Regel 3", "Greift jemanden an.", rule_key="respect")


@pytest.fixture
def work(base_config, database, town):
    """Run the jobs that wait."""
    drop_left_over(database, town)
    return lambda: make_worker(base_config, database).run_pending()


@pytest.fixture
def published(session, said, draft, moderator, work):
    """The evening, published with names, with its paper."""
    row, _told = draft()
    publishing.publish(session, moderator, said, row.id, publishing.Choice(names=True))
    session.commit()
    work()
    session.expire_all()
    return row.id


def lines(session, module, transcript_id):
    row = redacting.find(session, module, transcript_id, drafts=False)
    return row, telling.lines(session, row)


def test_a_hidden_message_leaves_only_its_rule(session, said, published, moderator, work):
    first = session.scalars(select(Message.id).where(Message.number == 1)).one()
    before = session.get(Transcript, (said_town(session), published)).pdf_id
    decide_content(session, moderator, ContentRef(MESSAGE_TYPE, first), HIDE)
    session.commit()
    work()
    session.expire_all()
    row, told = lines(session, said, published)
    assert (told[0].gone, told[0].who, str(told[0].html)) == ("Regel 3", "", "")
    assert row.counts == {"Regel 3": 1}
    assert before is not None
    assert row.pdf_id not in (None, before)
    assert session.scalars(select(Media.id).where(Media.id == before)).all() == []


def test_a_hidden_question_takes_its_answer_along(session, said, published, moderator, work):
    asked = session.scalars(select(Question.id).where(Question.number == 1)).one()
    decide_content(session, moderator, ContentRef(QUESTION_TYPE, asked), HIDE)
    session.commit()
    work()
    session.expire_all()
    _row, told = lines(session, said, published)
    assert telling.answered(told) == []
    assert [one.kind for one in told] == ["message", "town", "question", "question"]


def test_a_message_taken_back_is_gone_and_what_comes_back_stays_out(session, said, published, anna, work):
    first = session.scalars(select(Message.id).where(Message.number == 1)).one()
    editing.withdraw(session, anna, said, first)
    session.commit()
    work()
    session.expire_all()
    row, told = lines(session, said, published)
    assert (told[0].gone, row.counts) == ("taken back by the author", {})


def test_other_lines_and_other_transcripts_stay_as_they_are(session, said, published, moderator, draft, work):
    drafted, _told = draft()
    words = [one.body_html for one in session.scalars(select(Line).where(Line.transcript_id == drafted.id))]
    first = session.scalars(select(Message.id).where(Message.number == 1)).one()
    decide_content(session, moderator, ContentRef(MESSAGE_TYPE, first), HIDE)
    session.commit()
    work()
    session.expire_all()
    after = [one.body_html for one in session.scalars(select(Line).where(Line.transcript_id == drafted.id))]
    assert after == words
    assert [one.gone for one in lines(session, said, published)[1]][1:] == ["", "", "", ""]


def test_who_leaves_is_in_no_line_and_on_no_paper(session, said, published, anna, work):
    before = session.get(Transcript, (said_town(session), published)).pdf_id
    personal.erase(session, anna.id)
    session.commit()
    work()
    session.expire_all()
    row, told = lines(session, said, published)
    assert told[0].who == "Person 1"
    assert row.pdf_id not in (None, before)


def said_town(session):
    """The number of the town whose rows are read."""
    return session.tenant_id
