"""What is rung reaches those who listen once it is true, and never otherwise."""

import dataclasses
import json

import pytest

from baukasten.db.session import MissingTenantError
from baukasten.realtime import exchange
from baukasten.realtime.bell import TOPIC, WAITING, Ring, ring
from baukasten.realtime.bus import LONGEST, Follower
from baukasten.realtime.rooms import WrongRoomError


@pytest.fixture
def opened(database):
    """Give the database with an exchange of its own."""
    return dataclasses.replace(database, on_written=[], tools={})


@pytest.fixture
def heard(opened, base_config):
    """Listen to all rings."""
    news = []
    ear = Follower(lambda one: news.append(Ring.read(one)), lambda: None)
    exchange.install(opened, base_config).bus.follow(TOPIC, ear)
    return news


def test_a_ring_is_told_after_commit_in_order(opened, heard, town):
    with opened.session(town.id) as session:
        ring(session, "member", 7, {"version": 1})
        ring(session, "member", 7, {"version": 2})
        assert heard == []
        session.commit()
        assert [(one.tenant_id, one.kind, one.number, one.data) for one in heard] == [
            (town.id, "member", 7, {"version": 1}),
            (town.id, "member", 7, {"version": 2}),
        ]
        session.commit()
    assert len(heard) == 2


def test_what_is_rolled_back_is_never_told(opened, heard, town):
    with opened.session(town.id) as session:
        ring(session, "member", 7, {"version": 1})
        session.rollback()
        session.commit()
        ring(session, "member", 7, {"version": 2})
        session.connection()
        session.rollback()
        session.commit()
    with opened.session(town.id) as session:
        session.connection()
        ring(session, "member", 7, {"version": 3})
    assert heard == []


def test_a_savepoint_takes_its_own_rings_back_and_no_others(opened, heard, town):
    with opened.session(town.id) as session:
        session.connection()
        ring(session, "member", 1, {})
        undone = session.begin_nested()
        ring(session, "member", 2, {})
        with session.begin_nested():
            ring(session, "member", 3, {})
        assert heard == []
        undone.rollback()
        with session.begin_nested():
            ring(session, "member", 4, {})
        ring(session, "member", 5, {})
        assert heard == []
        session.commit()
    assert [one.number for one in heard] == [1, 4, 5]


def test_what_does_not_fit_says_look(opened, heard, town):
    with opened.session(town.id) as session:
        ring(session, "member", 7, {"text": "ü" * LONGEST})
        ring(session, "member", 7, {"text": "ü" * 1_000})
        session.commit()
    assert heard[0].message() == {"kind": "member", "id": 7, "look": True}
    assert heard[1].message() == {"kind": "member", "id": 7, "text": "ü" * 1_000}


def test_the_cores_own_words_are_not_overwritten():
    assert Ring(1, "member", 7, {"kind": "x", "id": 0}).message() == {"kind": "member", "id": 7}


@pytest.mark.parametrize("kind", ["nothing", "", "t1:member", "member:7"])
def test_a_room_that_nobody_declared_is_refused(opened, town, kind):
    with opened.session(town.id) as session, pytest.raises(WrongRoomError):
        ring(session, kind, 7, {})


def test_a_room_without_a_number_or_a_town_is_refused(opened, town):
    with opened.session(town.id) as session, pytest.raises(WrongRoomError):
        ring(session, "member", 0, {})
    with opened.session(None) as session, pytest.raises(MissingTenantError):
        ring(session, "member", 7, {})


@pytest.mark.parametrize("data", [{"a": object()}, {"a": {1, 2}}, {"a": float("nan")}])
def test_what_json_cannot_say_is_refused_at_once(opened, town, data):
    with opened.session(town.id) as session, pytest.raises((TypeError, ValueError)):
        ring(session, "member", 7, data)


def test_without_an_exchange_nobody_is_told(database, town):
    bare = dataclasses.replace(database, on_written=[], tools={})
    with bare.session(town.id) as session:
        ring(session, "member", 7, {})
        assert len(session.info[WAITING]) == 1
        session.commit()
        assert WAITING not in session.info


def test_news_are_short_and_plain():
    assert json.loads(Ring(3, "chat", 7, {"a": "ä"}).write()) == [3, "chat", 7, {"a": "ä"}]
