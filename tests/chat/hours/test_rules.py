"""Hours say what may be written at a moment, whoever's browser thinks it is later."""

import datetime as dt

import pytest
from sqlalchemy import update

from baukasten.errors import Closed
from baukasten_chat import rooms
from baukasten_chat.hours import rules
from baukasten_chat.keys import ASK, EDIT, REACT, SAY, SPEAK, VOTE, Phase
from baukasten_chat.models import Room, Window

OPENS = dt.datetime(2035, 3, 20, 18, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def room(session, chat):
    return rooms.of_module(session, chat)


@pytest.fixture
def opening(session, room):
    """Give a room an opening of an hour with a lobby of three days and five minutes of grace."""

    def make(opens=OPENS, **values):
        times = {
            "lobby_at": opens - 3 * DAY,
            "opens_at": opens,
            "closes_at": opens + HOUR,
            "grace_minutes": 5,
        }
        window = Window(room_id=room.id, **times | values)
        session.add(window)
        session.flush()
        return window

    return make


def phase(session, chat, room, at):
    return rules.now_in(session, chat, room, at).phase


def test_without_hours_a_room_is_always_open(session, chat, room):
    assert rules.now_in(session, chat, room, OPENS) == rules.Hours(Phase.ALWAYS)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (OPENS - 4 * DAY, Phase.ANNOUNCED),
        (OPENS - 3 * DAY, Phase.LOBBY),
        (OPENS - MINUTE, Phase.LOBBY),
        (OPENS, Phase.RUNNING),
        (OPENS + HOUR - MINUTE, Phase.RUNNING),
        (OPENS + HOUR, Phase.GRACE),
        (OPENS + HOUR + 4 * MINUTE, Phase.GRACE),
        (OPENS + HOUR + 5 * MINUTE, Phase.CLOSED),
        (OPENS + 30 * DAY, Phase.CLOSED),
    ],
)
def test_an_opening_goes_from_announcement_to_its_end(session, chat, room, opening, moment, expected):
    opening()
    assert phase(session, chat, room, moment) is expected


def test_each_phase_says_when_it_ends_by_itself(session, chat, room, opening):
    opening()
    moments = [OPENS - 4 * DAY, OPENS - DAY, OPENS, OPENS + HOUR, OPENS + 2 * HOUR]
    assert [rules.now_in(session, chat, room, at).next_at for at in moments] == [
        OPENS - 3 * DAY,
        OPENS,
        OPENS + HOUR,
        OPENS + HOUR + 5 * MINUTE,
        None,
    ]


def test_what_is_added_moves_the_end_and_its_grace(session, chat, room, opening):
    opening(extended_until=OPENS + 75 * MINUTE)
    hours = rules.now_in(session, chat, room, OPENS + 70 * MINUTE)
    assert (hours.phase, hours.closes_at, hours.until) == (
        Phase.RUNNING,
        OPENS + 75 * MINUTE,
        OPENS + 80 * MINUTE,
    )


def test_after_one_opening_the_lobby_of_the_next_begins(session, chat, room, opening):
    first, second = opening(), opening(OPENS + 7 * DAY, lobby_at=OPENS - DAY)
    hours = rules.now_in(session, chat, room, OPENS + 2 * HOUR)
    assert hours.window is not None
    assert hours.last is not None
    assert (hours.phase, hours.window.id, hours.last.id) == (Phase.LOBBY, second.id, first.id)


def test_the_next_opening_comes_before_the_grace_of_the_one_before(session, chat, room, opening):
    opening()
    second = opening(OPENS + HOUR + 2 * MINUTE, lobby_at=OPENS)
    assert rules.now_in(session, chat, room, OPENS + HOUR).next_at == second.opens_at
    window = rules.now_in(session, chat, room, OPENS + HOUR + 2 * MINUTE).window
    assert window is not None
    assert window.id == second.id


def test_a_cancelled_opening_opens_nothing(session, chat, room, opening):
    opening(cancelled_at=OPENS - DAY)
    assert phase(session, chat, room, OPENS) is Phase.CLOSED


def test_what_staff_shuts_stays_shut_until_the_next_opening_begins(session, chat, room, opening):
    opening()
    opening(OPENS + 7 * DAY, lobby_at=OPENS)
    session.execute(update(Room).values(closed_at=OPENS + 10 * MINUTE))
    session.flush()
    room = rooms.of_module(session, chat)
    moments = [OPENS + 9 * MINUTE, OPENS + 10 * MINUTE, OPENS + 6 * DAY, OPENS + 7 * DAY]
    found = [rules.now_in(session, chat, room, at) for at in moments]
    assert [(hours.phase, hours.shut) for hours in found] == [
        (Phase.RUNNING, False),
        (Phase.CLOSED, True),
        (Phase.CLOSED, True),
        (Phase.RUNNING, False),
    ]
    assert found[1].next_at == OPENS + 7 * DAY


def test_one_statement_tells_it_however_many_openings_there_are(session, chat, room, opening, statements):
    for week in range(-10, 10):
        opening(OPENS + 7 * week * DAY, lobby_at=OPENS + 7 * week * DAY)
    with statements() as asked:
        hours = rules.now_in(session, chat, room, OPENS + MINUTE)
    assert (hours.phase, len(asked)) == (Phase.RUNNING, 1)


ALL = {SAY, ASK, VOTE, REACT, EDIT, SPEAK}


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (OPENS - 4 * DAY, set()),
        (OPENS - DAY, {ASK, VOTE, EDIT}),
        (OPENS, ALL),
        (OPENS + HOUR, {SAY, VOTE, REACT, EDIT}),
        (OPENS + 2 * HOUR, set()),
    ],
)
def test_each_phase_allows_its_own(session, chat, room, opening, anna, turn, moment, allowed):
    opening()
    turn(moment)
    assert _done(session, chat, room, anna) == allowed


def test_who_steers_the_room_writes_whenever(session, chat, room, opening, moderator, anna, turn):
    opening()
    turn(OPENS + 2 * HOUR)
    assert [_done(session, chat, room, one) for one in (anna, moderator)] == [set(), ALL]


def _done(session, chat, room, who):
    """Give what somebody may do at this moment."""
    done = set()
    for permission in ALL:
        try:
            rules.need(session, who, chat, room, permission)
        except Closed:
            continue
        done.add(permission)
    return done


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (OPENS - 4 * DAY, "This opens on March 20, 2035, 7:00\u202fPM."),
        (
            OPENS - DAY,
            "Messages open on March 20, 2035, 7:00\u202fPM. You can send in questions and vote until then.",
        ),
        (
            OPENS + 2 * HOUR,
            "This was open until March 20, 2035, 8:00\u202fPM. You can still read everything.",
        ),
    ],
)
def test_a_refusal_says_when_in_the_towns_time(session, chat, room, opening, anna, turn, moment, reason):
    opening()
    turn(moment)
    with pytest.raises(Closed) as refused:
        rules.need(session, anna, chat, room, SAY)
    assert refused.value.reason == reason
