"""What a project's page tells about a live room follows the clock and the people who are there."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.plugin.declarations import ActivityItem, Stat
from baukasten.web import i18n
from baukasten_chat import facts
from baukasten_chat.messages import editing, service
from baukasten_chat.models import Question, Window

HOUR = dt.timedelta(hours=1)
PAGE = "/beteiligung/torfhafen/"


@pytest.fixture(autouse=True)
def english():
    """The texts as they stand in the code."""
    with i18n.speaking(i18n.translator("en", "UTC")):
        yield


@pytest.fixture
def planned(session, evening, hour, room_of):
    """A question hour that begins in three hours, with a lobby of two."""
    times = {"lobby_at": evening + HOUR, "opens_at": evening + 3 * HOUR, "closes_at": evening + 4 * HOUR}
    session.add(Window(room_id=room_of(hour).id, **times))
    session.commit()
    return hour


def test_the_door_says_when_it_opens_that_it_runs_and_that_it_is_over(session, evening, planned):
    seen = []
    for hours in (0, 1, 3, 4):
        with clock.turned(evening + hours * HOUR):
            told = facts.door(session, planned)
            assert told.until is not None
            seen.append((told.line, told.invite, told.until - clock.now()))
    minute = dt.timedelta(minutes=1)
    assert seen == [
        ("Opens Tuesday, March 20, 9:00\u202fPM.", "Join the conversation", minute),
        (
            "Opens Tuesday, March 20, 9:00\u202fPM. You can send in questions already.",
            "Ask a question",
            minute,
        ),
        ("Running now", "Join the conversation", minute),
        ("It is over. You can read what was said.", "Join the conversation", minute),
    ]


def test_a_door_is_asked_again_when_the_hour_begins(session, evening, planned):
    with clock.turned(evening + 3 * HOUR - dt.timedelta(seconds=10)):
        assert facts.door(session, planned).until == evening + 3 * HOUR


def test_an_open_room_invites_always(session, evening, chat):
    told = facts.door(session, chat)
    assert (told.line, told.action, told.invite) == (
        "Talk with each other and with the town.",
        "Read along",
        "Join the conversation",
    )


def test_the_page_of_the_project_turns_with_the_hour(browse, evening, planned, app):
    client = browse()
    before = client.get(PAGE).text
    with clock.turned(evening + 3 * HOUR):
        during = client.get(PAGE).text
    assert ("Öffnet Dienstag, 20. März, 22:00" in before, "Läuft jetzt" in before) == (True, False)
    assert ("Öffnet Dienstag, 20. März, 22:00" in during, "Läuft jetzt" in during) == (False, True)


def test_answers_and_numbers_are_told(session, evening, hour, room_of, anna, ben):
    room_id = room_of(hour).id
    first = service.say(session, anna, hour, body="Moin")
    service.say(session, ben, hour, body="Ahoi")
    editing.withdraw(session, anna, hour, first.id)
    shown = {"room_id": room_id, "visibility": "published", "author_id": anna.id}
    rows = [
        Question(number=1, version=9, body="Bleibt der Kai offen?", body_html="x", state="answered",
                 answered_at=evening - HOUR, **shown),
        Question(number=2, version=9, body="Und der Steg?", body_html="x", state="open", **shown),
        Question(number=3, version=9, body="Wann?", body_html="x", state="archived",
                 answered_at=evening - 2 * HOUR, **shown),
        Question(number=4, version=9, body="Nie", body_html="x", state="archived", **shown),
        Question(body="Wartet", body_html="x", room_id=room_id, author_id=anna.id),
    ]  # fmt: skip
    session.add_all(rows)
    session.commit()
    base = f"{PAGE}live/frage/"
    items = [
        ActivityItem("Bleibt der Kai offen?", f"{base}1", evening - HOUR, "answer"),
        ActivityItem("Wann?", f"{base}3", evening - 2 * HOUR, "answer"),
    ]
    assert facts.activity(session, hour.project, evening - 3 * HOUR, 5) == items
    assert facts.activity(session, hour.project, evening - 3 * HOUR, 1) == items[:1]
    assert facts.activity(session, hour.project, evening, 5) == []
    assert facts.stats(session, hour.project) == [
        Stat("chat.messages", "Messages in live rooms", 1),
        Stat("chat.contributions", "Questions in live rooms", 4),
        Stat("chat.answered", "Questions answered", 2),
    ]
