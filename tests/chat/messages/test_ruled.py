"""Everybody in a room learns which rule a message broke, once the decision is written."""

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten_chat.keys import MESSAGE_TYPE, ROOM
from baukasten_chat.messages import history, ruled, states
from baukasten_chat.messages.service import say


def hidden(session, chat, who, by):
    said = say(session, who, chat, body="Guten Abend").id
    moderation.hide(session, by, ContentRef(MESSAGE_TYPE, said), rule="Rule 2", facts="Beleidigt jemanden.")
    session.commit()
    return said


def test_the_rule_is_told_with_a_version_of_its_own(rung, chat, room_of, anna, moderator):
    session, news = rung
    said = hidden(session, chat, anna, moderator)
    del news[:]
    ruled.tell(session, message_id=said)
    session.commit()
    shown = history.page(session, room_of(chat).id)[0]
    assert (shown["gone"], shown["rule"], shown["version"]) == ("hidden", "Rule 2", 3)
    assert [(one.kind, one.data) for one in news] == [(ROOM, {"version": 3, "messages": [shown]})]
    assert history.since(session, room_of(chat), 2).messages == [shown]


def test_what_came_back_or_names_no_rule_is_not_told(rung, chat, room_of, anna, moderator):
    session, news = rung
    said = hidden(session, chat, anna, moderator)
    moderation.restore(session, moderator, ContentRef(MESSAGE_TYPE, said))
    held = say(session, anna, chat, body="Noch etwas").id
    states.hold(session, held)
    session.commit()
    version = room_of(chat).version
    del news[:]
    for one in (said, held, 10**9):
        ruled.tell(session, message_id=one)
    session.commit()
    assert (room_of(chat).version, news) == (version, [])
