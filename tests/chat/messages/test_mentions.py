"""Only who wrote in the room can be called there, and hears of it once."""

from sqlalchemy import select

from baukasten.notify.models import Notice
from baukasten_chat.messages import editing, history, mentions, states
from baukasten_chat.messages.service import say
from baukasten_chat.models import Mention


def called(session):
    return session.execute(select(Mention.message_id, Mention.member_id, Mention.name)).all()


def test_only_who_wrote_in_the_room_is_called(session, chat, room_of, anna, ben, new_member):
    new_member(name="Cem Moor")
    say(session, ben, chat, body="Hallo")
    said = say(session, anna, chat, body="@Ben Hafen, @Cem Moor und @Niemand: hallo!")
    shown = history.page(session, room_of(chat).id)[1]
    assert shown["html"] == "<mark>@Ben Hafen</mark>, @Cem Moor und @Niemand: hallo!"
    assert called(session) == [(said.id, ben.id, "Ben Hafen")]


def test_who_is_called_hears_of_it_once(session, chat, anna, ben):
    say(session, ben, chat, body="Hallo")
    said = say(session, anna, chat, body="(@Ben Hafen) und @Anna Torf?")
    mentions.tell(session, message_id=said.id)
    mentions.tell(session, message_id=said.id)
    notice = session.scalars(select(Notice)).one()
    assert (notice.member_id, notice.type, notice.path.rpartition("/live/")[2]) == (
        ben.id,
        "chat.mention",
        "nachricht/2",
    )


def test_what_waits_calls_nobody_before_it_is_in_view(session, chat, anna, ben, listed):
    say(session, ben, chat, body="Hallo")
    said = say(session, anna, chat, body="Schrott @Ben Hafen")
    assert called(session) == [(said.id, ben.id, "Ben Hafen")]
    mentions.tell(session, message_id=said.id)
    assert session.scalars(select(Notice)).all() == []
    states.publish(session, said.id)
    mentions.tell(session, message_id=said.id)
    assert session.scalars(select(Notice.member_id)).all() == [ben.id]


def test_a_change_calls_whom_it_names(session, chat, anna, ben):
    say(session, ben, chat, body="Hallo")
    said = say(session, anna, chat, body="Hallo Ben")
    editing.edit(session, anna, chat, said.id, "Hallo @Ben Hafen")
    assert called(session) == [(said.id, ben.id, "Ben Hafen")]
    editing.edit(session, anna, chat, said.id, "Hallo Ben")
    assert called(session) == []


def test_a_message_calls_five_people_at_most(session, chat, room_of, moderator, new_member):
    people = [new_member(name=f"Person{one}") for one in range(7)]
    for who in people:
        say(session, who, chat, body="Hallo")
    text = " ".join(f"@Person{one}" for one in range(7))
    known = mentions.known(session, room_of(chat).id, text)
    assert known == {f"Person{one}": people[one].id for one in range(5)}
    assert mentions.known(session, room_of(chat).id, "kein Ruf: a@b.de") == {}
