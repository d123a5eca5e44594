"""Reading goes by number, catching up by version; what is out of view leaves its place and nothing else."""

import pytest
from sqlalchemy import update

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten_chat import rooms
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.messages import editing, history, states
from baukasten_chat.messages.service import say
from baukasten_chat.models import Message


@pytest.fixture
def talk(session, chat, moderator):
    """Twelve messages of staff, which nothing slows down."""
    ids = [say(session, moderator, chat, body=f"Satz {one}").id for one in range(1, 13)]
    session.commit()
    return ids


def numbers(found):
    return [one["number"] for one in found]


def test_pages_go_by_number(session, chat, room_of, talk):
    room_id = room_of(chat).id
    assert numbers(history.page(session, room_id)) == list(range(1, 13))
    assert numbers(history.page(session, room_id, limit=5)) == [8, 9, 10, 11, 12]
    assert numbers(history.page(session, room_id, before=8, limit=5)) == [3, 4, 5, 6, 7]
    assert numbers(history.page(session, room_id, after=8, limit=3)) == [9, 10, 11]
    assert history.page(session, room_id, before=1) == []
    assert history.page(session, room_id, after=12) == []
    assert numbers(history.around(session, room_id, 2, limit=6)) == [1, 2, 3, 4, 5, 6]
    assert numbers(history.around(session, room_id, 11, limit=6)) == [8, 9, 10, 11, 12]
    assert history.around(session, room_id, 13) == []


def test_what_is_hidden_leaves_its_place_and_the_rule(session, chat, room_of, admin, talk):
    moderation.hide(
        session, admin, ContentRef(MESSAGE_TYPE, talk[1]), rule="Rule 2", facts="Beleidigt jemanden."
    )
    session.commit()
    gone = history.page(session, room_of(chat).id)[1]
    assert gone == {"number": 2, "version": 13, "at": gone["at"], "gone": "hidden", "rule": "Rule 2"}
    found = history.since(session, room_of(chat), 12)
    assert found == history.Since(13, complete=True, messages=[gone])


def test_catching_up_goes_by_version_and_never_skips(session, chat, room_of, moderator, talk):
    editing.edit(session, moderator, chat, talk[0], "Satz eins")
    states.fold(session, talk[4])
    editing.withdraw(session, moderator, chat, talk[2])
    session.commit()
    room = room_of(chat)
    assert (room.version, room.number) == (15, 12)
    found = history.since(session, room, 12)
    assert [(one["number"], one["version"]) for one in found.messages] == [(1, 13), (5, 14), (3, 15)]
    assert (found.version, found.complete) == (15, True)
    assert [found.messages[0]["edited"], found.messages[1]["folded"], found.messages[2]["gone"]] == [
        True,
        True,
        "withdrawn",
    ]
    assert history.since(session, room, 15) == history.Since(15, complete=True)


def test_whoever_missed_much_gets_it_in_pieces(session, chat, room_of, talk):
    room, mine, got = room_of(chat), 0, []
    for _ in range(3):
        found = history.since(session, room, mine, limit=5)
        got += numbers(found.messages)
        mine = found.version
    assert (got, mine, found.complete) == (list(range(1, 13)), 12, True)


def test_what_changed_together_is_told_together(session, chat, room_of, talk):
    room_id = room_of(chat).id
    version = rooms.advance(session, room_id).version
    session.execute(update(Message).where(Message.id.in_(talk[3:9])).values(version=version))
    session.commit()
    found = history.since(session, room_of(chat), 12, limit=4)
    assert (numbers(found.messages), found.version) == ([4, 5, 6, 7, 8, 9], 13)
    # A piece ends before them rather than among them.
    found = history.since(session, room_of(chat), 10, limit=4)
    assert (numbers(found.messages), found.version, found.complete) == ([11, 12], 12, False)


def test_a_version_of_the_room_alone_is_told_too(session, chat, room_of, talk):
    rooms.advance(session, room_of(chat).id)
    session.commit()
    assert history.since(session, room_of(chat), 12) == history.Since(13, complete=True)


def test_a_client_ahead_of_the_room_learns_nothing(session, chat, room_of, talk):
    assert history.since(session, room_of(chat), 99) == history.Since(99, complete=True)


def test_reading_on_takes_four_statements_at_most(session, chat, room_of, admin, talk, statements):
    moderation.hide(
        session, admin, ContentRef(MESSAGE_TYPE, talk[1]), rule="Rule 2", facts="Beleidigt jemanden."
    )
    session.commit()
    room = room_of(chat)
    with statements() as seen:
        found = history.since(session, room, 0)
    assert len(seen) == 3
    assert len(found.messages) == 12
    with statements() as seen:
        history.since(session, room, 13)
    assert len(seen) == 2


def test_one_knows_which_messages_are_ones_own(session, chat, room_of, anna, moderator, talk):
    mine = say(session, anna, chat, body="Meins")
    room_id = room_of(chat).id
    assert history.mine(session, room_id, anna, [1, 2, 13]) == {13: mine.id}
    assert history.mine(session, room_id, moderator, [2, 13]) == {2: talk[1]}


def test_another_town_reads_nothing(database, other_town, chat, room_of, talk):
    room = room_of(chat)
    with database.session(other_town.id) as elsewhere:
        assert history.page(elsewhere, room.id) == []
        assert history.since(elsewhere, room, 0).messages == []
