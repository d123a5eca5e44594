"""One changes what one said for some minutes and takes it back at any time; staff's changes are marked as such."""

import datetime as dt

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.errors import Closed, Denied, Invalid, NotFound
from baukasten.moderation.service import Rejected
from baukasten.notify.models import Notice
from baukasten.plugin import Visibility
from baukasten_chat.keys import DESK, ROOM, ReactionKind
from baukasten_chat.messages import editing, history, reactions
from baukasten_chat.messages.service import say
from baukasten_chat.models import Mention, Message, Reaction, Wording
from baukasten_chat.search import SOURCES
from tests.chat.conftest import open_chat

ON = True
MESSAGES = SOURCES[0]
MINUTES = dt.timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("evening")


@pytest.fixture
def said(session, chat, anna):
    """A message of Anna's, said at seven."""
    done = say(session, anna, chat, body="Guten Abnd")
    session.commit()
    return done.id


def only(session, chat, room_of):
    return history.page(session, room_of(chat).id)[0]


def wordings(session):
    return session.execute(
        select(Wording.body, Wording.edited_by, Wording.by_staff).order_by(Wording.id)
    ).all()


def test_a_change_keeps_the_number_and_the_earlier_wording(rung, chat, room_of, anna, said):
    session, news = rung
    clock.forward(5 * MINUTES)
    assert editing.edit(session, anna, chat, said, "Guten **Abend**") is Visibility.PUBLISHED
    session.commit()
    shown = only(session, chat, room_of)
    assert (shown["number"], shown["version"], shown["html"]) == (1, 2, "Guten <strong>Abend</strong>")
    assert (shown["edited"], shown["by_staff"]) == (True, False)
    assert wordings(session) == [("Guten Abnd", anna.id, False)]
    assert [(one.kind, one.data) for one in news] == [(ROOM, {"version": 2, "messages": [shown]})]


def test_the_same_words_are_no_change(session, chat, room_of, anna, said):
    assert editing.edit(session, anna, chat, said, " Guten Abnd\r\n") is Visibility.PUBLISHED
    assert room_of(chat).version == 1
    assert wordings(session) == []


def test_after_some_minutes_one_can_only_take_it_back(session, chat, room_of, anna, said):
    clock.forward(5 * MINUTES + dt.timedelta(seconds=1))
    with pytest.raises(Closed):
        editing.edit(session, anna, chat, said, "Guten Abend")
    editing.withdraw(session, anna, chat, said)
    shown = only(session, chat, room_of)
    assert shown == {"number": 1, "version": 2, "at": shown["at"], "gone": "withdrawn", "rule": ""}


def test_a_town_chooses_the_minutes(database, town, session, anna):
    module = open_chat(database, town, slug="anders", edit_minutes=0)
    said = say(session, anna, module, body="Guten Abnd")
    clock.forward(dt.timedelta(seconds=1))
    with pytest.raises(Closed):
        editing.edit(session, anna, module, said.id, "Guten Abend")


def test_nobody_changes_what_others_said(session, chat, anna, ben, said, other_town, new_member, database):
    for refuse in (
        lambda: editing.edit(session, ben, chat, said, "Ich war das"),
        lambda: editing.withdraw(session, ben, chat, said),
    ):
        with pytest.raises(Denied):
            refuse()
    for unknown in (said + 1000, 2**62):
        with pytest.raises(NotFound):
            editing.edit(session, anna, chat, unknown, "Hallo")
        with pytest.raises(NotFound):
            editing.withdraw(session, anna, chat, unknown)
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises(NotFound):
        editing.withdraw(elsewhere, stranger, chat, said)


def test_staff_changes_are_marked_recorded_and_told(session, chat, room_of, anna, moderator, said):
    clock.forward(60 * MINUTES)
    assert editing.edit(session, moderator, chat, said, "Guten Abend") is Visibility.PUBLISHED
    session.commit()
    shown = only(session, chat, room_of)
    assert (shown["edited"], shown["by_staff"], shown["author"]) == (True, True, "Anna Torf")
    assert wordings(session) == [("Guten Abnd", moderator.id, True)]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.action, entry.target) == ("chat.message.edit", f"chat.message:{said}")
    notice = session.scalars(select(Notice)).one()
    assert (notice.type, notice.member_id) == ("chat.edited", anna.id)
    with pytest.raises(Denied):
        editing.withdraw(session, moderator, chat, said)


def test_a_change_that_is_looked_at_first_leaves_the_place(rung, chat, room_of, anna, said, listed):
    session, news = rung
    assert editing.edit(session, anna, chat, said, "So ein Schrott") is Visibility.HELD
    session.commit()
    shown = only(session, chat, room_of)
    assert shown == {"number": 1, "version": 2, "at": shown["at"], "gone": "checked", "rule": ""}
    told = [one for one in news if one.kind == ROOM]
    assert [one.data["messages"] for one in told] == [[shown]]
    assert [(one.kind, one.data.get("waiting")) for one in news if one.kind == DESK] == [(DESK, 1)]
    assert "Schrott" not in str([one.data for one in told])
    with pytest.raises(Rejected):
        editing.edit(session, anna, chat, said, "Das ist verboten")


def test_what_leaves_view_by_a_change_leaves_the_search_too(session, chat, anna, said, listed):
    query = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE args::text LIKE '%core.content_hidden%'")
    before = session.scalar(query)
    editing.edit(session, anna, chat, said, "Guten Abend")
    assert session.scalar(query) == before
    editing.edit(session, anna, chat, said, "So ein Schrott")
    assert session.scalar(query) > before
    assert MESSAGES.document(session, said) is None


def test_what_waits_goes_on_waiting_however_it_is_changed(session, chat, room_of, anna, ben, listed):
    held = say(session, anna, chat, body="So ein Schrott").id
    assert editing.edit(session, anna, chat, held, "So etwas Schönes") is Visibility.HELD
    session.commit()
    waiting = history.own(session, room_of(chat).id, anna)
    assert [(one["id"], one["number"], one["body"]) for one in waiting] == [(held, None, "So etwas Schönes")]
    assert (room_of(chat).version, room_of(chat).number) == (0, 0)
    # Nobody else may know that there is anything.
    for verb in (
        lambda: editing.edit(session, ben, chat, held, "Ich"),
        lambda: editing.withdraw(session, ben, chat, held),
    ):
        with pytest.raises(NotFound):
            verb()


def test_taking_back_leaves_nothing_but_the_place(session, chat, room_of, anna, ben, said):
    say(session, ben, chat, body="Ich bin da")
    editing.edit(session, anna, chat, said, "Guten Abend @Ben Hafen")
    reactions.react(session, ben, chat, 1, ReactionKind.HEART, ON)
    say(session, ben, chat, body="Schön gesagt", reply_to=1)
    editing.withdraw(session, anna, chat, said)
    session.commit()
    for table in (Wording, Reaction, Mention):
        assert session.scalars(select(table)).all() == []
    row = session.scalars(select(Message).where(Message.id == said)).one()
    assert (row.body, row.body_html, row.reactions, row.number) == ("", "", {}, 1)
    answer = history.page(session, room_of(chat).id)[2]
    assert "reply" not in answer
    with pytest.raises(NotFound):
        editing.withdraw(session, anna, chat, said)


def test_what_waits_can_be_taken_back_unseen(rung, chat, room_of, anna, listed):
    session, news = rung
    held = say(session, anna, chat, body="So ein Schrott").id
    editing.withdraw(session, anna, chat, held)
    session.commit()
    assert room_of(chat).version == 0
    assert [one.kind for one in news] == [DESK, DESK, "member"]
    assert news[1].data == {"message": held, "waiting": 0}
    assert history.own(session, room_of(chat).id, anna) == []


def test_a_message_is_changed_twenty_times_at_most(session, chat, anna, said):
    for turn in range(20):
        editing.edit(session, anna, chat, said, f"Guten Abend {turn}")
    with pytest.raises(Invalid):
        editing.edit(session, anna, chat, said, "Guten Abend")
