"""What waits in a room: by the town's wish, for moderators or for some seconds; nobody else sees it meanwhile."""

import datetime as dt

import pytest
from sqlalchemy import select, text, update

from baukasten import clock
from baukasten.errors import NotFound
from baukasten.moderation import service as moderation
from baukasten.moderation.models import Case
from baukasten.plugin.refs import ContentRef, Visibility
from baukasten.tenants import settings
from baukasten_chat import rooms
from baukasten_chat.limits import delay
from baukasten_chat.messages import editing, history, service
from baukasten_chat.models import Message
from baukasten_chat.questions import service as questions
from tests.chat.conftest import open_chat

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def delayed(database, town, evening):
    """A room in which messages appear after thirty seconds."""
    return open_chat(database, town, delay_seconds=30)


def message(session, said):
    return session.execute(select(Message.__table__).where(Message.id == said.id)).one()


def bodies(session, module):
    """What everybody reads in a room."""
    return [
        one["html"] for one in history.page(session, rooms.of_module(session, module).id) if "html" in one
    ]


def test_an_open_room_holds_nothing(session, chat, anna):
    assert service.say(session, anna, chat, body="Moin").visibility is Visibility.PUBLISHED


def test_with_approval_moderators_let_messages_in(session, database, town, anna, moderator):
    module = open_chat(database, town, approve=True)
    said = service.say(session, anna, module, body="Moin")
    assert (said.visibility, said.number, said.note) == (
        Visibility.HELD,
        None,
        "In this room the moderators read every message before it appears.",
    )
    assert message(session, said).appears_at is None
    moderation.publish(session, moderator, ContentRef("chat.message", said.id))
    assert bodies(session, module) == ["Moin"]


def test_what_staff_says_waits_for_nobody(session, database, town, moderator):
    module = open_chat(database, town, approve=True)
    assert service.say(session, moderator, module, body="Moin").visibility is Visibility.PUBLISHED


@pytest.mark.parametrize(("chosen", "number"), [({}, None), ({"questions_wait": False}, 1)])
def test_questions_wait_unless_the_town_says_otherwise(session, database, town, anna, chosen, number):
    module = open_chat(database, town, form="questions", **chosen)
    assert questions.ask(session, anna, module, body="Wie hoch wird der Deich?").number == number


def test_with_a_delay_messages_come_into_view_by_themselves(session, delayed, anna, evening):
    first = service.say(session, anna, delayed, body="Eins")
    clock.forward(5 * SECOND)
    second = service.say(session, anna, delayed, body="Zwei")
    seen = []
    for forward in (24, 1, 5):
        clock.forward(forward * SECOND)
        delay.appear(session)
        seen.append(bodies(session, delayed))
    assert seen == [[], ["Eins"], ["Eins", "Zwei"]]
    assert [message(session, one).number for one in (first, second)] == [1, 2]
    assert session.scalars(select(Case).where(Case.closed_at.is_(None))).all() == []


def test_who_wrote_it_reads_when_everybody_sees_it(session, delayed, anna):
    assert service.say(session, anna, delayed, body="Eins").note == "Everybody sees it in 30 seconds."


def test_what_a_moderator_stops_in_time_never_appears(session, delayed, anna, moderator):
    said = service.say(session, anna, delayed, body="Eins")
    ref = ContentRef("chat.message", said.id)
    moderation.reject(session, moderator, ref, rule="Regel 3", facts="Greift eine Person an")
    clock.forward(60 * SECOND)
    delay.appear(session)
    assert (bodies(session, delayed), message(session, said).visibility) == ([], Visibility.REMOVED)


def test_what_is_held_for_another_reason_waits_for_the_moderators(session, delayed, anna):
    settings.write(session, "moderation.screening", {"words_held": "Schrott"})
    said = service.say(session, anna, delayed, body="So ein Schrott")
    clock.forward(60 * SECOND)
    delay.appear(session)
    assert (message(session, said).appears_at, bodies(session, delayed)) == (None, [])


def test_another_wording_starts_the_time_anew(session, delayed, anna):
    said = service.say(session, anna, delayed, body="Eins")
    clock.forward(20 * SECOND)
    editing.edit(session, anna, delayed, said.id, "Zwei")
    clock.forward(15 * SECOND)
    delay.appear(session)
    assert bodies(session, delayed) == []
    clock.forward(15 * SECOND)
    delay.appear(session)
    assert bodies(session, delayed) == ["Zwei"]


def test_a_wording_that_is_held_for_its_words_no_longer_appears_by_itself(session, delayed, anna):
    settings.write(session, "moderation.screening", {"words_held": "Schrott"})
    said = service.say(session, anna, delayed, body="Eins")
    editing.edit(session, anna, delayed, said.id, "So ein Schrott")
    assert message(session, said).appears_at is None


def test_a_new_wording_of_what_is_in_view_waits_too(session, delayed, anna):
    said = service.say(session, anna, delayed, body="Eins")
    clock.forward(30 * SECOND)
    delay.appear(session)
    editing.edit(session, anna, delayed, said.id, "Zwei")
    waiting = bodies(session, delayed)
    clock.forward(30 * SECOND)
    delay.appear(session)
    assert (waiting, bodies(session, delayed), message(session, said).number) == ([], ["Zwei"], 1)


def test_what_has_no_case_any_more_is_left_alone(session, delayed, anna):
    said = service.say(session, anna, delayed, body="Eins")
    session.execute(update(Case).values(closed_at=clock.now()))
    clock.forward(60 * SECOND)
    delay.appear(session)
    row = message(session, said)
    assert (row.visibility, row.appears_at) == (Visibility.HELD, None)


def test_the_job_is_due_with_the_first_message_and_again_with_the_next(
    session, database, town, delayed, anna
):
    def due():
        query = text(
            "SELECT scheduled_at FROM jobs.procrastinate_jobs WHERE args ->> 'key' = 'chat.appear' "
            "AND (args ->> 'tenant_id')::bigint = :town AND status = 'todo'"
        )
        return session.scalars(query, {"town": town.id}).all()

    begin = clock.now()
    for _ in range(2):
        service.say(session, anna, delayed, body="Moin")
        clock.forward(5 * SECOND)
    assert due() == [begin + 30 * SECOND]
    # A room with another delay has a job of its own.
    hasty = open_chat(database, town, slug="eilig", delay_seconds=5)
    service.say(session, anna, hasty, body="Moin")
    assert sorted(due()) == [begin + 15 * SECOND, begin + 30 * SECOND]


def test_nothing_is_let_in_that_does_not_exist(session, chat):
    with pytest.raises(NotFound):
        moderation.let_in(session, ContentRef("chat.message", 4_711))
