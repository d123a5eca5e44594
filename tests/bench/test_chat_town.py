"""The room of the live bench is one that guests may hear, and both ways of speaking are heard there."""

import dataclasses
import json

import pytest

from baukasten.realtime.bell import TOPIC
from baukasten.realtime.bus import Follower
from baukasten_chat import live
from bench.chat_town import PEOPLE, Voice, open_room
from bench.chat_wires import KIND
from bench.ground import Ground


@pytest.fixture(scope="module")
def room(base_config, database_urls, database):
    return open_room(
        Ground(dataclasses.replace(base_config, database=database_urls), database_urls, database), 7_001
    )


@pytest.fixture
def voice(room, monkeypatch):
    for name, value in room.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("BAUKASTEN_LIVE_URL", "local:")
    made = Voice(room.place.id)
    yield made
    made.close()


@pytest.fixture
def heard(voice):
    news = []
    voice.exchange.bus.follow(TOPIC, Follower(lambda one: news.append(json.loads(one)), lambda: None))
    return news


def test_guests_are_let_in_beyond_a_thousand(room, database):
    with database.session(room.place.id) as session:
        assert live.hears(session, None, room.number)
        assert live.capacity(session, room.number) == 10_000
    assert len(room.people) == PEOPLE


def test_the_bell_tells_what_the_peers_are_told(voice, room, heard):
    voice.bell(room.number)(3, 1_234_567)
    ((tenant_id, kind, number, told),) = heard
    assert (tenant_id, kind, number) == (room.place.id, KIND, room.number)
    assert (told["version"], told["messages"][0]["number"]) == (3, 3)
    assert told["messages"][0]["html"].endswith(" due=1234567")


def test_people_say_it_through_the_service(voice, room, heard):
    say = voice.people(room.place.module_id, room.people[0])
    for turn in range(1, 3):
        say(turn, 1_234_567 + turn)
    rung = [told["messages"][0] for _tenant, _kind, _number, told in heard]
    assert [(one["number"], one["version"]) for one in rung] == [(1, 1), (2, 2)]
    assert [one["html"].rpartition(" ")[2] for one in rung] == ["due=1234568", "due=1234569"]
    assert rung[0]["author"] != rung[1]["author"]


def test_what_the_bell_tells_looks_like_what_is_really_told(voice, room, heard):
    voice.bell(room.number)(1, 1_234_567)
    voice.people(room.place.module_id, room.people[9])(1, 1_234_567)
    made, real = (told["messages"][0] for _tenant, _kind, _number, told in heard)
    assert set(made) == set(real)
