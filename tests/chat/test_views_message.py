"""Changing, taking back and reacting by forms and by scripts; nobody reaches what is somebody else's."""

import re

import pytest

from baukasten_chat.messages import service

ROOM = "/beteiligung/torfhafen/live/"
JSON = {"Accept": "application/json"}


@pytest.fixture
def said(session, evening, chat, anna):
    """A message by Anna."""
    done = service.say(session, anna, chat, body="Ist der **Ton** gut?")
    session.commit()
    return done


def log_of(client):
    return re.findall(r'<p class="text" id="text-\d+" dir="auto">(.*?)</p>', client.get(ROOM).text)


def test_an_author_changes_a_message(browse, said, anna):
    client, address = browse(anna), f"{ROOM}nachricht/{said.id}/aendern"
    assert client.get(address).text.count("Ist der **Ton** gut?") == 1
    assert client.get(address, headers=JSON).json == {"ok": True, "data": {"body": "Ist der **Ton** gut?"}}
    answer = client.send(address, body="Ist der Ton besser?")
    assert (answer.status_code, answer.location) == (303, f"{ROOM}#nachricht-1")
    assert log_of(client) == ["Ist der Ton besser?"]
    assert "geändert" in client.get(ROOM).text


def test_a_change_that_is_refused_comes_back(browse, said, anna):
    client, address = browse(anna), f"{ROOM}nachricht/{said.id}/aendern"
    answer = client.send(address, body="x" * 1_001)
    assert answer.status_code == 422
    assert "x" * 1_001 in answer.text
    assert log_of(client) == ["Ist der <strong>Ton</strong> gut?"]


def test_an_author_takes_a_message_back(browse, said, anna):
    client = browse(anna)
    token = client.token(f"{ROOM}nachricht/{said.id}/aendern")
    answer = client.post(f"{ROOM}nachricht/{said.id}/zurueckziehen", data={"_token": token})
    assert (answer.status_code, answer.location) == (303, f"{ROOM}#nachricht-1")
    page = client.get(ROOM).text
    assert log_of(client) == []
    assert "[vom Verfasser zurückgezogen]" in page


def test_what_is_not_mine_looks_like_what_is_not_there(browse, said, ben):
    client = browse(ben)
    token = client.token(ROOM)
    for what in ("aendern", "zurueckziehen"):
        answers = [
            client.post(f"{ROOM}nachricht/{row}/{what}", data={"_token": token, "body": "Gekapert"})
            for row in (said.id, 999_999_999)
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get(f"{ROOM}nachricht/{said.id}/aendern").status_code == 404
    assert log_of(client) == ["Ist der <strong>Ton</strong> gut?"]


def test_a_reaction_is_pressed_and_released(browse, said, ben):
    client = browse(ben)
    token = client.token(ROOM)
    address = f"{ROOM}nachricht/1/reaktion"

    def pressed():
        page = client.get(ROOM).text
        found = re.search(
            r'value="(-?thumb)" data-face="thumb" aria-pressed="(\w+)"[^>]*>.*?<b>(\d)</b>', page
        )
        assert found
        return found.groups()

    answer = client.post(address, data={"_token": token, "kind": "thumb"})
    assert (answer.status_code, answer.location) == (303, f"{ROOM}#nachricht-1")
    assert pressed() == ("-thumb", "true", "1")
    assert client.post(address, data={"_token": token, "kind": "-thumb"}, headers=JSON).json["ok"]
    assert pressed() == ("thumb", "false", "0")
    for odd in ("", "angry", "--thumb", "\0"):
        assert client.post(address, data={"_token": token, "kind": odd}).status_code == 404
    missing = f"{ROOM}nachricht/77/reaktion"
    assert client.post(missing, data={"_token": token, "kind": "thumb"}).status_code == 404


def test_reporting_leads_to_the_form_for_it(browse, said):
    answer = browse().get(f"{ROOM}nachricht/1/melden")
    assert (answer.status_code, answer.location) == (302, f"/meldung/chat.message:{said.id}")
    assert browse().get(answer.location).status_code == 200
    assert browse().get(f"{ROOM}nachricht/2/melden").status_code == 404


def test_guests_change_nothing(browse, said):
    client = browse()
    for address in (
        f"nachricht/{said.id}/aendern",
        f"nachricht/{said.id}/zurueckziehen",
        "nachricht/1/reaktion",
        "nachricht",
    ):
        assert client.post(f"{ROOM}{address}", data={"body": "x"}).status_code == 403
