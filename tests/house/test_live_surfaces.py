"""A message or a question out of view is on no surface of a live room, and restored it is back on all of them."""

import datetime as dt
import json

import pytest

from baukasten import clock
from baukasten.app import create_app, end
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Role
from baukasten.web.platform import EXTENSION
from baukasten_chat import rooms
from baukasten_chat.afterwards import exporting, making, redacting, telling
from baukasten_chat.keys import MESSAGE_TYPE, QUESTION_TYPE, ROOM
from baukasten_chat.messages import service as messages
from baukasten_chat.questions import service as questions
from tests.chat.conftest import open_chat
from tests.house.test_revocation import elsewhere

__all__ = ["elsewhere"]
HOUR = dt.timedelta(hours=1)
MESSAGE, QUESTION = "Quarkstrudel", "Blaubeerplinse"
WORDS = {"message": MESSAGE, "question": QUESTION}
SHOWN = {
    "message": {"HTML", "JSON", "search", "export", "socket", "transcript", "cache"},
    "question": {"HTML", "JSON", "search", "export", "socket", "presenter", "transcript", "cache"},
}
NOWHERE: dict[str, set[str]] = {"message": set(), "question": set()}


@pytest.fixture
def hour(database, town):
    return open_chat(database, town, form="questions", questions_wait=False)


@pytest.fixture(scope="module")
def live(base_config, database):
    """The application with sockets."""
    made = create_app(base_config, database, live=True)
    made.extensions["baukasten.live"].beat.listen()
    yield made
    end(made)


@pytest.fixture
def listener(live, town, session, hour):
    """A guest who is in the room, and gives all that was heard so far."""
    headers = {"Host": town.host, "Origin": f"https://{town.host}"}
    io = live.extensions["baukasten.live"].socketio
    client = io.test_client(live, headers=headers)
    assert client.emit("enter", ROOM, rooms.of_module(session, hour).id, callback=True)["ok"]
    yield lambda: json.dumps(client.get_received(), ensure_ascii=False, default=str)
    client.disconnect()


@pytest.fixture
def written(session, hour, listener, anna):
    """A message and a question in view; gives what they are."""
    said = messages.say(session, anna, hour, body=f"Ein {MESSAGE} für alle")
    asked = questions.ask(session, anna, hour, body=f"Gibt es {QUESTION}?")
    session.commit()
    return {"message": ContentRef(MESSAGE_TYPE, said.id), "question": ContentRef(QUESTION_TYPE, asked.id)}


@pytest.fixture
def readers(app, elsewhere, town, client_of, mailbox):
    """A guest, and a guest whom another process serves, once both processes heard of what happened."""

    def ready():
        mailbox.deliver()
        for one in (app, elsewhere):
            one.extensions[EXTENSION].generations.refresh()
        return client_of(town), elsewhere.test_client()

    return ready


@pytest.fixture
def found(readers, session, town, hour, moderator, listener):
    """Names the surfaces on which each is found; what was rung since the last look counts."""

    def text_of(guest, *paths):
        return "\n".join(guest.get(f"{hour.path}{path}").get_data(as_text=True) for path in paths)

    def transcript():
        stretch = making.Stretch(clock.now() - HOUR, clock.now() + HOUR)
        number = making.draft(session, moderator, hour, "Probe", stretch)
        row = redacting.find(session, hour, number, drafts=True)
        told = json.dumps(telling.as_json(row, telling.lines(session, row)), ensure_ascii=False)
        session.rollback()
        return told

    def look():
        guest, away = readers()
        session.rollback()
        host = {"base_url": f"http://{town.host}"}
        texts = {
            "HTML": text_of(guest, "", "fragen", "frage/1", "nachricht/1", "?vor=2"),
            "JSON": text_of(guest, "seit/0", "verlauf", "frage/aehnlich?body=Gibt+es+das"),
            "search": "".join(
                guest.get(f"/suche/?q={word}").get_data(as_text=True) for word in WORDS.values()
            ),
            "export": repr([*exporting.messages(session, hour), *exporting.questions(session, hour)]),
            "calendar": text_of(guest, "termine.ics"),
            "socket": listener(),
            "presenter": text_of(guest, "buehne?naechste=1"),
            "transcript": transcript(),
            "sitemap": guest.get("/sitemap.xml").get_data(as_text=True),
            "cache": "".join(
                away.get(f"{hour.path}{path}", **host).get_data(as_text=True) for path in ("", "fragen")
            ),
        }
        # The search repeats what was asked for: only a link below it is a find.
        texts["search"] = "".join(line for line in texts["search"].splitlines() if hour.path in line)
        return {kind: {name for name, text in texts.items() if word in text} for kind, word in WORDS.items()}

    return look


def test_what_is_hidden_is_nowhere_and_restored_it_is_everywhere(session, written, found, moderator):
    assert found() == SHOWN
    steps = {Step(Measure.HIDE, "Regel 3", "Werbung"): NOWHERE, Step(Measure.RESTORE): SHOWN}
    for step, expected in steps.items():
        for ref in written.values():
            decide_content(session, moderator, ref, step)
        session.commit()
        assert found() == expected


@pytest.fixture
def anna(new_member):
    return new_member(name="Anna Torf")


@pytest.fixture
def moderator(new_member):
    return new_member(Role.MODERATOR, name="Mo Deich")
