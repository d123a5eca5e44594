"""The page of a room without any script: reading along, writing, and finding a message again."""

import datetime as dt
import re

import pytest
from sqlalchemy import update

from baukasten import clock
from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten.web.platform import EXTENSION
from baukasten_chat.messages import service
from baukasten_chat.models import Message, Room, Window
from baukasten_chat.page import stretch
from baukasten_chat.page.kept import Kept
from tests.chat.conftest import open_chat

ROOM = "/beteiligung/torfhafen/live/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def talk(session, chat):
    """Let somebody say something; gives what became of it."""

    def do(member, body, **more):
        said = service.say(session, member, chat, body=body, **more)
        session.commit()
        return said

    return do


@pytest.fixture
def long_talk(session, chat, room_of, anna):
    """A hundred and twenty messages, written at once."""
    room_id = room_of(chat).id
    rows = (
        Message(room_id=room_id, number=n, version=n, author_id=anna.id, body=str(n), body_html=str(n))
        for n in range(1, 121)
    )
    session.add_all(rows)
    session.execute(update(Room).where(Room.id == room_id).values(number=120, version=120))
    session.commit()


def page_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def first(pattern, page):
    found = re.search(pattern, page)
    assert found, pattern
    return found[1]


def fields(page):
    """The hidden fields of the form for a message."""
    form = page[page.index("data-say>") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def numbers(page):
    return [int(number) for number in re.findall(r'id="nachricht-(\d+)"', page)]


def test_a_guest_reads_along_and_learns_how_to_write(browse, evening, talk, anna):
    talk(anna, "Moin zusammen")
    page = page_of(browse().get(ROOM))
    assert numbers(page) == [1]
    assert "Moin zusammen" in page
    assert 'href="/konto/anmelden?next=' in page
    assert "data-say>" not in page
    assert 'id="chat-act"' not in page


def test_an_empty_room_says_so(browse, evening, chat):
    assert "Hier hat noch niemand etwas geschrieben." in page_of(browse().get(ROOM))


def test_what_is_sent_stands_there_once(browse, evening, session, chat, anna):
    client = browse(anna)
    sent = {**fields(page_of(client.get(ROOM))), "body": "Ist der Ton gut?"}
    answers = [client.post(f"{ROOM}nachricht", data=sent) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, f"{ROOM}#nachricht-1")] * 2
    assert numbers(page_of(client.get(ROOM))) == [1]


def test_a_refused_text_comes_back_with_the_reason(browse, evening, chat, anna):
    client = browse(anna)
    sent = fields(page_of(client.get(ROOM)))
    page = page_of(client.post(f"{ROOM}nachricht", data={**sent, "body": "x" * 1_001}), 422)
    assert first(r"<textarea[^>]*>\n(x+)</textarea>", page) == "x" * 1_001
    assert 'role="alert"' in page
    assert fields(page)["nonce"] == sent["nonce"]


def test_scripts_get_json_from_the_same_address(browse, evening, chat, anna):
    client = browse(anna)
    sent = fields(page_of(client.get(ROOM)))
    accept = {"Accept": "application/json"}
    done = client.post(f"{ROOM}nachricht", data={**sent, "body": "Moin"}, headers=accept)
    assert (done.status_code, done.json["ok"], done.json["data"]["number"]) == (200, True, 1)
    refused = client.post(f"{ROOM}nachricht", data={**sent, "nonce": "other", "body": " "}, headers=accept)
    assert (refused.status_code, refused.json["ok"], refused.json["code"]) == (422, False, "invalid")


def test_older_and_newer_messages_are_a_link_away(browse, evening, long_talk):
    client = browse()
    newest = page_of(client.get(ROOM))
    assert numbers(newest) == list(range(71, 121))
    older = first(r'rel="prev" href="([^"#]+)', newest)
    assert older == f"{ROOM}?vor=71"
    middle = page_of(client.get(older))
    assert numbers(middle) == list(range(21, 71))
    newer = first(r'rel="next" href="([^"#]+)', middle)
    assert numbers(page_of(client.get(newer))) == list(range(71, 121))
    oldest = page_of(client.get(f"{ROOM}?vor=21"))
    assert numbers(oldest) == list(range(1, 21))
    assert 'rel="prev"' not in oldest


def test_a_permalink_leads_to_the_page_at_that_message(browse, evening, long_talk):
    client = browse()
    for number in (1, 40, 71, 120):
        target = client.get(f"{ROOM}nachricht/{number}")
        address, _, anchor = target.location.partition("#")
        assert (target.status_code, anchor) == (302, f"nachricht-{number}")
        assert number in numbers(page_of(client.get(address)))
    missing = client.get(f"{ROOM}nachricht/121")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    "asked", ["vor=x", "vor=-1", "nach=1&vor=2", f"nach={'9' * 30}", "vor=%00", "vor=01"]
)
def test_an_address_that_no_link_of_ours_says_is_none(browse, evening, chat, asked):
    assert browse().get(f"{ROOM}?{asked}").status_code == 404


def test_replying_shows_what_is_replied_to(browse, evening, talk, anna, ben):
    talk(anna, "Im Winter oder im Sommer?")
    client = browse(ben)
    page = page_of(client.get(f"{ROOM}?antwort=1"))
    sent = fields(page)
    assert sent["reply_to"] == "1"
    client.post(f"{ROOM}nachricht", data={**sent, "body": "Im Winter."})
    page = page_of(client.get(ROOM))
    assert first(r'data-reply><a href="([^"]+)"', page) == f"{ROOM}nachricht/1"
    for odd in ("2000", "x", "-1", "9" * 30):
        assert fields(page_of(client.get(f"{ROOM}?antwort={odd}")))["reply_to"] == ""


def test_what_is_being_checked_is_its_authors_alone(browse, evening, database, town, anna, ben):
    open_chat(database, town, approve=True)
    client = browse(anna)
    answer = client.post(
        f"{ROOM}nachricht", data={**fields(page_of(client.get(ROOM))), "body": "Liest das wer?"}
    )
    assert re.fullmatch(rf"{ROOM}#wartet-\d+", answer.location)
    page = page_of(client.get(ROOM))
    assert "Liest das wer?" in page
    assert "wird geprüft" in page
    assert numbers(page) == []
    for other in (browse(ben), browse()):
        assert "Liest das wer?" not in page_of(other.get(ROOM))


def test_a_closed_room_says_why_and_keeps_what_was_said(browse, session, evening, chat, talk, room_of, anna):
    talk(anna, "Gute Nacht")
    times = {"lobby_at": evening - 3 * HOUR, "opens_at": evening - 2 * HOUR, "closes_at": evening + HOUR}
    session.add(Window(room_id=room_of(chat).id, **times))
    session.commit()
    client = browse(anna)
    sent = fields(page_of(client.get(ROOM)))
    with clock.turned(evening + 2 * HOUR):
        page = page_of(client.get(ROOM))
        late = page_of(client.post(f"{ROOM}nachricht", data={**sent, "body": "Noch eins"}), 403)
        guest = page_of(browse().get(ROOM))
    assert "Gute Nacht" in page
    assert "20. März 2035, 20:00" in page[page.index('id="schreiben"') :]
    assert ("data-say>" in page, "data-say>" in late) == (False, True)
    assert "Noch eins</textarea>" in late
    assert "/konto/anmelden?next=" not in guest[guest.index('id="schreiben"') :]


def test_staff_may_speak_for_the_town(browse, evening, chat, moderator, anna):
    client = browse(moderator)
    sent = {**fields(page_of(client.get(ROOM))), "body": "Willkommen", "town": "1"}
    client.post(f"{ROOM}nachricht", data=sent)
    assert "msg--town" in page_of(browse().get(ROOM))
    citizen = browse(anna)
    page = page_of(citizen.get(ROOM))
    assert 'name="town"' not in page
    forged = {**fields(page), "body": "Ich bin die Stadt", "town": "1"}
    citizen.post(f"{ROOM}nachricht", data=forged)
    assert page_of(browse().get(ROOM)).count("msg--town") == 1


def test_who_is_called_by_name_sees_it(browse, evening, talk, anna, ben):
    talk(anna, "Moin")
    talk(ben, "Moin @Anna Torf")
    assert "msg--me" in page_of(browse(anna).get(ROOM))
    assert "msg--me" not in page_of(browse(ben).get(ROOM))


def test_hidden_messages_keep_their_place_and_name_the_rule(
    browse, session, evening, chat, talk, anna, moderator
):
    said = talk(anna, "Sie Esel")
    ref = ContentRef("chat.message", said.id)
    moderation.hide(session, moderator, ref, rule="Regel 3", facts="Persönlicher Angriff")
    session.commit()
    page = page_of(browse().get(ROOM))
    assert "Sie Esel" not in page
    assert re.search(r'<span id="text-1">\[ausgeblendet: [^<]*Regel 3', page)


def test_a_page_asks_the_same_for_one_message_and_for_fifty(
    app, browse, long_talk, statements, ben, monkeypatch
):
    monkeypatch.setattr(stretch, "_kept", Kept(seconds=60))
    client = browse(ben)

    def asked(address):
        app.extensions[EXTENSION].generations.refresh()
        page_of(client.get(address))
        with statements() as seen:
            page_of(client.get(address))
        return len(seen)

    # The first page of the two holds one message, the second fifty.
    assert (asked(f"{ROOM}?vor=2"), asked(f"{ROOM}?vor=60")) == (6, 6)
