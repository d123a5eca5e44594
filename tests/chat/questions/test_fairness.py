"""Whose turn is fair: first-timers, then votes, each person once."""

import pytest

from baukasten_chat.models import Question
from baukasten_chat.questions import fairness
from baukasten_chat.questions.fairness import Order


@pytest.fixture
def asked(session, hour, room_of, anna, ben, new_member):
    """Store open questions by (who, votes, first); gives how numbers are suggested."""
    people = {"anna": anna, "ben": ben, "cem": new_member(), "dora": new_member()}
    room_id = room_of(hour).id

    def do(*lines, most=3):
        for number, (who, votes, first, *more) in enumerate(lines, 1):
            state = more[0] if more else {}
            session.add(
                Question(
                    room_id=room_id,
                    number=number,
                    version=number,
                    body="x",
                    body_html="x",
                    visibility="published",
                    author_id=people[who].id,
                    votes=votes,
                    first=first,
                    **state,
                )
            )
        session.flush()
        ids = session.scalars(fairness.suggested(room_id, most)).all()
        found = {row.id: row.number for row in session.query(Question)}
        return [found[one] for one in ids]

    return do


def test_first_timers_come_before_many_votes(asked):
    assert asked(("anna", 50, False), ("ben", 1, True), ("cem", 3, True)) == [3, 2, 1]


def test_each_person_once_with_what_most_want_to_know(asked):
    assert asked(("anna", 5, False), ("anna", 9, False), ("ben", 2, False)) == [2, 3]


def test_who_had_a_turn_waits_for_those_who_had_none(asked, evening):
    answered = {"state": "answered", "answered_at": evening, "live_at": evening}
    assert asked(("anna", 9, False), ("anna", 0, False, answered), ("ben", 0, False)) == [3, 1]


def test_no_more_than_asked_for(asked):
    assert asked(("anna", 1, False), ("ben", 2, False), ("cem", 3, False), ("dora", 4, False), most=2) == [
        4,
        3,
    ]


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("stimmen", Order.VOTES),
        ("aelteste", Order.OLDEST),
        ("erste", Order.FIRST),
        ("x", Order.VOTES),
        (None, Order.VOTES),
    ],
)
def test_an_order_is_read_from_an_address(written, order):
    assert fairness.of(written) is order
