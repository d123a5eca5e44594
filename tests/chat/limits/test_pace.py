"""People write as fast as others can read; who is too fast hears when to go on. People are counted, not addresses."""

import datetime as dt
import re

import pytest
from sqlalchemy import update

from baukasten import clock
from baukasten.errors import TooMany
from baukasten.tenants import settings
from baukasten_chat import rooms
from baukasten_chat.keys import ASK, REACT, SAY, VOTE
from baukasten_chat.limits import pace, spans
from baukasten_chat.messages import service
from baukasten_chat.models import Message, Question, Room
from tests.chat.conftest import open_chat

SECOND = dt.timedelta(seconds=1)
DEFAULTS = {"least_seconds": 3, "proof_of_work": True, "per_ten_minutes": 20, "per_day": 100}
"""What the platform asks of contributions where a town asks nothing."""


@pytest.fixture
def slow(database, town, evening):
    """A room in which everybody waits twenty seconds."""
    return open_chat(database, town, slow_seconds=20)


@pytest.fixture
def sent(session):
    """Puts a message of somebody into a room as if it had been sent so many seconds ago."""

    def do(chat, member, at, table=Message):
        room = rooms.of_module(session, chat)
        row = {"room_id": room.id, "author_id": member.id, "body": "x", "body_html": "x"}
        session.add(table(**row, visibility="held", created_at=at))
        session.flush()

    return do


def wait(session, member, chat, at, permission=SAY):
    """The seconds that somebody must wait; 0 for none."""
    try:
        pace.need(session, member, chat, rooms.of_module(session, chat), permission, at)
    except TooMany as refused:
        return refused.retry_after
    return 0


def test_in_a_slow_room_one_person_waits_between_two_messages(session, slow, anna, ben, evening, sent):
    sent(slow, anna, evening)
    found = [wait(session, anna, slow, evening + seconds * SECOND) for seconds in (0, 1, 19, 19.5, 20)]
    assert found == [20, 19, 1, 1, 0]
    assert wait(session, ben, slow, evening) == 0


def test_a_refusal_names_the_pause_and_what_is_left_of_it(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    with pytest.raises(TooMany) as refused:
        pace.need(session, anna, slow, rooms.of_module(session, slow), SAY, evening + 7 * SECOND)
    assert refused.value.message == (
        "Everybody may write here once in 20 seconds, so that all can follow. You can again in 13 seconds."
    )


def test_what_moderators_set_during_the_evening_counts_more(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    found = []
    for seconds in (0, 60, None):
        session.execute(update(Room).values(slow_seconds=seconds))
        found.append(wait(session, anna, slow, evening + 5 * SECOND))
    assert found == [0, 55, 15]


def test_who_steers_the_room_does_not_wait(session, slow, moderator, evening, sent):
    sent(slow, moderator, evening)
    assert wait(session, moderator, slow, evening) == 0


def test_ten_messages_go_in_a_burst_and_the_next_when_the_first_is_half_a_minute_old(
    session, chat, anna, evening, sent
):
    for second in range(10):
        sent(chat, anna, evening + second * SECOND)
    assert [wait(session, anna, chat, evening + seconds * SECOND) for seconds in (10, 29, 30)] == [20, 1, 0]


def test_questions_are_counted_apart_and_do_not_wait_for_slow_messages(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    assert wait(session, anna, slow, evening, ASK) == 0
    for _ in range(10):
        sent(slow, anna, evening, Question)
    assert wait(session, anna, slow, evening, ASK) == 30


def test_votes_and_reactions_are_bound_by_the_sockets_own_limit_alone(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    assert [wait(session, anna, slow, evening, one) for one in (VOTE, REACT)] == [0, 0]


def test_one_statement_tells_the_pace(session, slow, anna, evening, statements):
    room = rooms.of_module(session, slow)
    with statements() as asked:
        pace.need(session, anna, slow, room, SAY, evening)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 second"), (20, "20 seconds"), (119.5, "120 seconds"), (120, "2 minutes"), (7_201, "3 hours")],
)
def test_spans_are_said_in_words(seconds, said):
    assert spans.text(seconds) == said


@pytest.fixture
def strict(session):
    """The town's limits are those that the platform begins with."""
    settings.write(session, "moderation.screening", DEFAULTS)
    session.commit()


def form_of(browser, chat):
    """The hidden fields of the form for a message, as a browser keeps them."""
    page = browser.get(chat.path).text
    form = page[page.index('name="body"') - 4_000 :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_forty_people_behind_one_address_say_two_things_within_a_minute(
    session, evening, chat, new_member, browse, strict
):
    browsers = [browse(new_member(name=f"Leserin {number}")) for number in range(40)]
    forms = [form_of(browser, chat) for browser in browsers]
    answers = []
    for turn in range(2):
        clock.forward(20 * SECOND)
        for number, browser in enumerate(browsers):
            answer = browser.post(
                f"{chat.path}nachricht",
                data={**forms[number], "nonce": f"n{turn}-{number}", "body": f"Beitrag {turn} von {number}"},
                headers={"Accept": "application/json"},
            )
            answers.append(answer.status_code)
    assert answers == [200] * 80
    assert rooms.of_module(session, chat).number == 80


def test_talk_is_not_counted_as_contributions_are(session, evening, chat, anna, strict):
    said = []
    for number in range(25):
        clock.forward(4 * SECOND)
        said.append(service.say(session, anna, chat, body=f"Nummer {number}").number)
    assert said == list(range(1, 26))
