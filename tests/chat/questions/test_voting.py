"""One vote a person, however many press at once; told to the room once a second."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Closed, Conflict, Denied, NotFound
from baukasten_chat.keys import ROOM
from baukasten_chat.models import Question, Vote
from baukasten_chat.questions import merging, pulse, stage, voting

PEOPLE = 50


@pytest.fixture
def crowd(new_member):
    return lambda size=PEOPLE: [new_member() for _ in range(size)]


@pytest.fixture
def pair(session, anna, ben, open_question):
    """The numbers of two questions that ask the same."""
    texts = ("Bleibt der Nordkai offen?", "Bleibt der Nordkai in der Bauzeit offen?")
    return [open_question(session, who, text) for who, text in zip((anna, ben), texts, strict=True)]


def mixed(things):
    """The same things in another order, the same each time."""
    return [things[at * 37 % len(things)] for at in range(len(things))]


def casting(who, hour, number, *, on):
    """The act of a vote, for whoever gives it a session."""

    def act(own: Any) -> object:
        return voting.vote(own, who, hour, number, on=on)

    return act


def at_once(database, town, acts):
    """Let everybody do what they do at the same time, each in a session of their own; gives what went wrong."""
    wrong, start = [], threading.Barrier(len(acts))

    def run(act):
        start.wait()
        with database.session(town.id) as own:
            try:
                act(own)
                own.commit()
            except Exception as error:  # noqa: BLE001 - whatever went wrong is the finding
                wrong.append(error)

    people = [threading.Thread(target=run, args=(act,)) for act in acts]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return wrong


def voters(session, number):
    session.expire_all()
    query = (
        select(Vote.member_id)
        .join(Question, Question.id == Vote.question_id)
        .where(Question.number == number)
    )
    return set(session.scalars(query))


def votes_of(session, number):
    session.expire_all()
    return session.scalar(select(Question.votes).where(Question.number == number))


def test_one_person_one_vote_on_and_off(session, hour, anna, ben, open_question):
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    counts = [
        voting.vote(session, who, hour, number, on=on)
        for who, on in ((ben, True), (ben, True), (anna, True), (ben, False), (ben, False))
    ]
    assert counts == [1, 1, 2, 1, 1]
    assert voters(session, number) == {anna.id}


def test_many_at_once_are_as_many_votes(database, town, session, hour, anna, crowd, open_question):
    number, people = open_question(session, anna, "Bleibt der Nordkai offen?"), crowd(25)
    version = session.scalar(select(Question.version))
    wrong = at_once(database, town, [casting(who, hour, number, on=True) for who in people])
    assert (wrong, votes_of(session, number), voters(session, number)) == (
        [],
        len(people),
        {one.id for one in people},
    )
    assert session.scalar(select(Question.version)) == version


def test_one_person_pressing_twenty_times_at_once_votes_once(
    database, town, session, hour, anna, ben, open_question
):
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    wrong = at_once(database, town, [lambda own: voting.vote(own, ben, hour, number, on=True)] * 20)
    assert (wrong, votes_of(session, number), voters(session, number)) == ([], 1, {ben.id})


def test_who_presses_on_and_off_in_any_order_is_counted_as_they_stand(
    database, town, session, hour, anna, crowd, open_question
):
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    wishes = [(who, turn % 2 == 0) for who in crowd(10) for turn in range(5)]
    acts = [casting(who, hour, number, on=on) for who, on in mixed(wishes + wishes[:3])]
    wrong = at_once(database, town, acts)
    assert (wrong, votes_of(session, number)) == ([], len(voters(session, number)))


def test_votes_for_two_questions_while_they_are_merged_become_the_union_of_people(
    database, town, session, hour, moderator, crowd, pair
):
    first, second = pair
    # Some vote for both, some for one; the merger comes in between.
    wishes = mixed(
        [(who, number) for at, who in enumerate(crowd()) for number in pair if at % 3 or number == first]
    )[:49]
    acts = [casting(who, hour, number, on=True) for who, number in wishes]
    acts.insert(25, lambda own: merging.merge(own, moderator, hour, second, first))
    wrong = at_once(database, town, acts)
    union = {who.id for who, _number in wishes}
    assert (wrong, voters(session, first), voters(session, second)) == ([], union, set())
    assert (votes_of(session, first), votes_of(session, second)) == (len(union), 0)


def test_on_and_off_while_questions_are_merged_leaves_nobody_counted_twice(
    database, town, session, hour, moderator, crowd, pair
):
    first, second = pair
    wishes = [
        (who, number, (at + turn) % 2 == 0)
        for at, who in enumerate(crowd(12))
        for number in pair
        for turn in (0, 1)
    ]
    acts = [casting(who, hour, number, on=on) for who, number, on in mixed([*wishes, wishes[0]])]
    acts.insert(20, lambda own: merging.merge(own, moderator, hour, first, second))
    wrong = at_once(database, town, acts)
    assert (wrong, voters(session, first)) == ([], set())
    assert votes_of(session, second) == len(voters(session, second))


def test_a_vote_for_a_merged_question_counts_for_the_other(
    session, hour, anna, ben, moderator, open_question
):
    first = open_question(session, anna, "Bleibt der Nordkai offen?")
    second = open_question(session, ben, "Bleibt der Nordkai in der Bauzeit offen?")
    merging.merge(session, moderator, hour, second, first)
    assert voting.vote(session, ben, hour, second, on=True) == 1
    assert voters(session, first) == {ben.id}


def test_what_is_answered_takes_no_more_votes(session, hour, anna, ben, moderator, open_question):
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    stage.answered(session, moderator, hour, number)
    with pytest.raises(Conflict):
        voting.vote(session, ben, hour, number, on=True)
    with pytest.raises(NotFound):
        voting.vote(session, ben, hour, number + 1, on=True)


def test_another_towns_question_cannot_be_voted_for(
    database, other_town, session, hour, anna, new_member, open_question
):
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises((NotFound, Denied, Closed)):
        voting.vote(elsewhere, stranger, hour, number, on=True)
    assert votes_of(session, number) == 0


def test_a_room_hears_of_votes_at_most_once_a_second_and_of_all_in_the_end(
    told, evening, hour, new_member, open_question, room_of
):
    session, news = told
    numbers = [open_question(session, new_member(), f"Was wird aus Steg {n}?") for n in (1, 2)]
    news.clear()
    for who in [new_member() for _ in range(5)]:
        for number in numbers:
            voting.vote(session, who, hour, number, on=True)
            session.commit()
    rung = [one.data["votes"] for one in news if one.kind == ROOM]
    assert rung == [{"1": 1}]
    pulse.catch_up(session, room_of(hour).id)
    session.commit()
    assert [one.data for one in news if one.kind == ROOM][1:] == [{"votes": {"1": 5, "2": 5}}]


def test_beats_let_the_first_through_and_wake_one_that_tells_the_rest():
    beats, start = pulse.Beats(), clock.now()
    key = (1, 1)
    taken = [beats.take(key, number, start + seconds * pulse.PAUSE) for number, seconds in
             ((1, 0), (2, 0), (3, 0.5), (2, 1), (1, 1), (1, 2.5))]  # fmt: skip
    assert taken == [{1}, set(), None, {2, 3}, set(), {1}]
