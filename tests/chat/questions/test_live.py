"""Asking and voting over a connection: the same verbs, and nothing odd gets through."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from baukasten.errors import Conflict, Denied, Invalid
from baukasten_chat.models import Question
from baukasten_chat.questions import live


@pytest.fixture
def place(session, hour):
    return lambda member: SimpleNamespace(session=session, member=member, module=hour)


def test_a_question_and_a_vote(session, place, anna, ben, let_in):
    told = live.ask(place(anna), {"body": "Bleibt der Nordkai offen?", "nonce": "a1", "anonymous": True})
    assert (told["number"], told["version"], told["visibility"]) == (None, None, "held")
    let_in(session, told["id"])
    assert live.vote(place(ben), {"number": 1, "on": True}) == {"number": 1, "votes": 1, "on": True}
    assert live.vote(place(ben), {"number": 1, "on": False}) == {"number": 1, "votes": 0, "on": False}


def test_two_connections_of_one_person_ask_once(session, place, anna):
    data = {"body": "Bleibt der Nordkai offen?", "nonce": "a1"}
    assert live.ask(place(anna), data)["id"] == live.ask(place(anna), data)["id"]
    with pytest.raises(Conflict):
        live.ask(place(anna), {**data, "nonce": "a2"})


@pytest.mark.parametrize(
    "data",
    [
        None, [], "x", {}, {"body": 1}, {"body": None}, {"body": "Ja?", "nonce": 1}, {"body": "Ja?", "nonce": "\0"},
        {"body": "Ja?", "nonce": "n" * 65}, {"body": "Ja?", "anonymous": "ja"}, {"body": "\0"}, {"body": "W" * 10_000},
    ],
)  # fmt: skip
def test_odd_questions_are_refused(session, place, anna, data):
    with pytest.raises(Invalid):
        live.ask(place(anna), data)
    assert session.scalars(select(Question.id)).all() == []


@pytest.mark.parametrize(
    "data",
    [
        None, {}, {"number": 1}, {"number": "1", "on": True}, {"number": True, "on": True}, {"number": 0, "on": True},
        {"number": -1, "on": True}, {"number": 2**63, "on": True}, {"number": 1.5, "on": True}, {"number": 1, "on": 1},
    ],
)  # fmt: skip
def test_odd_votes_are_refused(place, anna, data):
    with pytest.raises(Invalid):
        live.vote(place(anna), data)


def test_guests_do_neither(place):
    for verb, data in ((live.ask, {"body": "Ja?"}), (live.vote, {"number": 1, "on": True})):
        with pytest.raises(Denied):
            verb(place(None), data)
