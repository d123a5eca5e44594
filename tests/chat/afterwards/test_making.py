"""A draft holds what was in view in its time, in order; of what was not, only why."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten_chat import rooms
from baukasten_chat.afterwards import making, redacting, telling
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE
from baukasten_chat.messages import editing
from baukasten_chat.messages import service as messages
from baukasten_chat.models import Line, Transcript
from baukasten_chat.questions import service as questions
from tests.chat.afterwards.conftest import EVENING, MINUTE
from tests.chat.conftest import NOW

HIDE = Step(Measure.HIDE, "Regel 3", "Greift jemanden an.", rule_key="respect")


def test_all_that_was_said_stands_in_its_order(said, draft):
    _row, told = draft()
    assert [(one.kind, one.number, one.who) for one in told] == [
        ("message", 1, "Person 1"),
        ("town", 2, "The town"),
        ("question", 1, "Person 2"),
        ("answer", 1, "Bauamt"),
        ("question", 2, "without a name"),
    ]
    assert [(one.number, one.by, one.minute) for one in telling.answered(told)] == [(1, "Bauamt", 12)]
    assert str(telling.answered(told)[0].answer).strip() == "<p>Ja, im <strong>Mai</strong>.</p>"


def test_who_asked_without_a_name_is_nowhere(session, said, draft, anna):
    draft()
    asked = session.scalars(select(Line).where(Line.kind == "question", Line.number == 2)).one()
    assert (asked.author_id, asked.person, asked.name) == (None, 0, "")


def test_of_what_is_out_of_view_only_the_rule_stays(session, hour, draft, anna, ben, moderator):
    first = messages.say(session, anna, hour, body="Ein unfreundliches Wort")
    messages.say(session, ben, hour, body="Ein freundliches Wort")
    third = messages.say(session, ben, hour, body="Ein Versehen")
    session.commit()
    decide_content(session, moderator, ContentRef(MESSAGE_TYPE, first.id), HIDE)
    editing.withdraw(session, ben, hour, third.id)
    session.commit()
    row, told = draft()
    assert [(one.number, one.gone, one.who, str(one.html)) for one in told] == [
        (1, "Regel 3", "", ""),
        (2, "", "Person 1", "Ein freundliches Wort"),
        (3, "taken back by the author", "", ""),
    ]
    assert row.counts == {"Regel 3": 1}
    stored = session.scalars(select(Line).order_by(Line.position)).first()
    assert (stored.author_id, stored.name, stored.body_html) == (None, "", "")


def test_what_waits_is_not_in_it(session, said, draft, ben):
    questions.ask(session, ben, said, body="Ein Geheimnis, das noch geprüft wird")
    session.commit()
    _row, told = draft()
    assert not any("Geheimnis" in str(one.html) for one in told)


def test_a_refused_question_is_not_in_it(session, hour, draft, anna, moderator):
    asked = questions.ask(session, anna, hour, body="Eine Frage, die abgelehnt wird")
    refused = Step(Measure.REJECT, "Regel 1", "Gehört nicht hierher.", rule_key="topic")
    decide_content(session, moderator, ContentRef(QUESTION_TYPE, asked.id), refused)
    messages.say(session, anna, hour, body="Moin")
    session.commit()
    assert [one.kind for one in draft()[1]] == ["message"]


def test_only_what_was_in_its_time(said, draft):
    since = NOW + 2 * MINUTE
    assert [one.kind for one in draft(making.Stretch(since, since + 2 * MINUTE))[1]] == ["town", "question"]


@pytest.mark.parametrize(
    ("title", "length", "wrong"),
    [("", 60, "title"), (" \n", 60, "title"), ("x" * 151, 60, "title"), ("Abend", 0, "until"),
     ("Abend", -5, "until"), ("Abend", 60 * 24 * 32, "until")],
)  # fmt: skip
def test_what_cannot_be_is_refused(session, said, moderator, title, length, wrong):
    stretch = making.Stretch(NOW, NOW + length * MINUTE)
    with pytest.raises(Invalid) as refused:
        making.draft(session, moderator, said, title, stretch)
    assert list(refused.value.errors) == [wrong]


def test_a_time_in_which_nobody_spoke_makes_none(session, said, moderator):
    with pytest.raises(Conflict):
        making.draft(session, moderator, said, "Davor", making.Stretch(NOW - dt.timedelta(days=2), NOW))
    assert session.scalars(select(Transcript)).all() == []


def test_citizens_draft_none_and_other_towns_see_none(session, database, other_town, said, draft, anna):
    with pytest.raises(Denied):
        making.draft(session, anna, said, "Meins", EVENING)
    row, _told = draft()
    with database.session(other_town.id) as elsewhere, pytest.raises(NotFound):
        redacting.find(elsewhere, said, row.id, drafts=True)
    assert making.transcripts(session, rooms.of_module(session, said).id, drafts=False) == []
