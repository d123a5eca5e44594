"""What polls tell of their votes: in steps that their number alone decides, and never what lies between two looks."""

import datetime as dt
import itertools

import pytest
from sqlalchemy import select

from baukasten.sdk import clock
from baukasten_survey.building import closing
from baukasten_survey.cells.shown import State
from baukasten_survey.models import Response, Survey
from baukasten_survey.polls import counting, facts, service
from baukasten_survey.polls.facts import QUESTION
from baukasten_survey.polls.models import Poll, Results
from baukasten_survey.polls.service import Wanted

TWO = ["Holz", "Stein"]


@pytest.fixture
def put(session):
    """Put votes in, as many for each option; options are numbers or lists of them."""

    def do(number, *votes):
        survey_id = session.scalars(select(Poll.survey_id).where(Poll.id == number)).one()
        for said, amount in votes:
            rows = [{"survey_id": survey_id, "version": 1, "day": clock.now().date()} for _ in range(amount)]
            session.add_all(Response(**row, answers={QUESTION: said}) for row in rows)
        session.commit()

    return do


@pytest.fixture
def told(session):
    """Let the job count; gives what may be read of each option, and of how many votes."""

    def do(number):
        session.expire_all()
        counting.count_all(session)
        figures = facts.of_number(session, number).figures
        if figures is None or figures.table is None:
            return None
        cells = figures.table.cells.values()
        return figures.table.people, [cell.count if cell.count is not None else cell.state for cell in cells]

    return do


def test_figures_stand_still_until_enough_have_come(add, put, told):
    number = add(Wanted("Welche?", TWO))
    put(number, ("a1", 30), ("a2", 19))
    assert told(number) is None
    put(number, ("a2", 1))
    assert told(number) == (50, [30, 20])
    for _ in range(3):
        put(number, ("a2", 1))
        assert told(number) == (50, [30, 20])
    put(number, ("a1", 40), ("a2", 7))
    assert told(number) == (100, [70, 30])


def test_of_two_looks_nothing_small_can_be_computed(add, put, told):
    """Whoever saw the step before knows that of the next: a handful in it stays hidden for good."""
    number = add(Wanted("Welche?", [*TWO, "Keine"]))
    put(number, ("a1", 20), ("a2", 20), ("a3", 10))
    assert told(number) == (50, [20, 20, 10])
    put(number, ("a1", 28), ("a2", 20), ("a3", 2))
    people, cells = told(number)
    assert (people, cells) == (100, [48, State.HELD, State.HELD])


def test_a_poll_whose_votes_change_and_one_that_waits_are_counted_once_at_the_end(
    session, add, put, told, anna
):
    for wanted in (Wanted("A?", TWO, changeable=True), Wanted("B?", TWO, results=Results.END)):
        number = add(wanted)
        put(number, ("a1", 90), ("a2", 60))
        assert told(number) is None
        service.close(session, anna, number)
        session.commit()
        assert told(number) == (150, [90, 60])
        figures = facts.of_number(session, number).figures
        assert figures is not None
        assert figures.final


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ((4, 0), None),
        ((6, 3), (9, [State.HELD, State.HELD])),
        ((7, 5), (12, [7, 5])),
        ((14, 3), (17, [State.HELD, State.SMALL])),
        ((0, 12), (12, [0, 12])),
    ],
)
def test_the_end_tells_nothing_small(session, add, put, told, anna, votes, expected):
    number = add(Wanted("Welche?", TWO))
    put(number, *((f"a{at}", amount) for at, amount in enumerate(votes, 1)))
    service.close(session, anna, number)
    session.commit()
    assert told(number) == expected


def test_what_comes_after_the_last_step_is_counted_at_the_end_unless_it_is_a_handful(
    session, add, put, told, anna
):
    for more, expected in ((4, (50, [30, 20])), (12, (62, [42, 20]))):
        number = add(Wanted("Welche?", TWO))
        put(number, ("a1", 30), ("a2", 20))
        told(number)
        put(number, ("a1", more))
        service.close(session, anna, number)
        session.commit()
        assert told(number) == expected


def test_lists_are_protected_as_lists(session, add, put, told, anna):
    number = add(Wanted("Welche?", [*TWO, "Keine"], multiple=True))
    put(number, (["a1", "a2"], 30), (["a1"], 20), (["a2", "a3"], 2))
    service.close(session, anna, number)
    session.commit()
    people, cells = told(number)
    assert (people, cells[2]) == (52, State.SMALL)
    assert all(not isinstance(cell, int) or 5 <= cell <= 47 for cell in cells)


def test_a_poll_that_ends_by_itself_is_counted_then(session, add, put, told):
    end = clock.now() + dt.timedelta(days=1)
    number = add(Wanted("Welche?", TWO, closes_at=end, results=Results.END))
    put(number, ("a1", 12), ("a2", 12))
    assert told(number) is None
    with clock.turned(end):
        assert told(number) == (24, [12, 12])
        closing.close_over(session)
        assert told(number) == (24, [12, 12])


def test_nobody_votes_while_votes_are_counted(database, town, session, add, ben):
    number = add(Wanted("Welche?", TWO))
    with database.session(town.id) as counter:
        counting.locked(counter, facts.of_number(counter, number).survey_id)
        session.execute(select(1))
        held = session.scalars(select(Survey.id).with_for_update(read=True, skip_locked=True)).all()
    assert held == []


def test_whatever_the_votes_are_the_difference_of_two_tables_tells_nothing_small(session, add):
    """All small second steps: what an observer subtracts is never between 1 and 4."""
    number = add(Wanted("Welche?", [*TWO, "Keine"]))
    poll = facts.of_number(session, number)
    before = counting.protected(poll, {"a1": 20, "a2": 20, "a3": 10}, 50)
    for first, second in itertools.product(range(0, 51, 3), repeat=2):
        rest = 50 - first - second
        if rest < 0:
            continue
        step = counting.protected(poll, {"a1": first, "a2": second, "a3": rest}, 50)
        after = before + step
        for code, cell in after.cells.items():
            if cell.count is not None:
                assert not 0 < cell.count - before.cells[code].known < 5
