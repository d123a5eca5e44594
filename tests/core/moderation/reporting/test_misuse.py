"""Five refused reports of the last eight in ninety days are misuse, four are not."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.moderation import cases
from baukasten.moderation.models import CaseCause, Report
from baukasten.moderation.reporting import misuse
from baukasten.plugin.refs import ContentRef
from tests.statements import Statements

DAY = dt.timedelta(days=1)
G, R = "granted", "refused"


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], False),
        ([R] * 4, False),
        ([R] * 5, True),
        ([R] * 4 + [G] * 4, False),
        ([R] * 5 + [G] * 3, True),
        ([G, G, G, R, R, R, R, R], True),
        ([G, G, G, G, R, R, R, R, R, R], False),
        ([R] * 4 + [G] * 4 + [R] * 50, False),
    ],
)
def test_the_last_eight_decide(outcomes, expected):
    assert misuse.misuses(outcomes) is expected


@pytest.fixture
def settle(session):
    """Store settled reports of a member, newest first: pairs of outcome and age in days."""

    def do(member, *settled):
        for number, (outcome, age) in enumerate(settled):
            case = cases.open_case(
                session, ContentRef("made.thing", member.id * 100 + number), CaseCause.REPORTED
            )
            session.add(
                Report(
                    case_id=case,
                    reporter_id=member.id,
                    reason="spam",
                    receipt=f"{member.id}-{number}",
                    outcome=outcome,
                    settled_at=clock.now() - age * DAY,
                )
            )
        session.flush()

    return do


def test_several_people_are_judged_in_one_statement(database, session, settle, new_member):
    often, seldom, long_ago, void, other = (new_member(name=f"Person {letter}") for letter in "ABCDE")
    settle(often, *[(R, 1)] * 5)
    settle(seldom, *[(G, 1)] * 4, *[(R, 2)] * 6)
    settle(long_ago, *[(R, 89)] * 4, (R, 90.001))
    settle(void, *[(R, 1)] * 4, *[("void", 1)] * 4, (None, 0))
    asked = [one.id for one in (often, seldom, long_ago, void, other)]
    with Statements(database.app) as statements:
        assert misuse.is_misused(session, asked) == {often.id}
        assert misuse.is_misused(session, []) == set()
    assert len(statements) == 1


def test_the_last_day_of_ninety_counts_and_other_towns_do_not(
    database, session, settle, new_member, other_town
):
    member = new_member(name="Person F")
    settle(member, *[(R, 89.99)] * 5)
    session.commit()
    assert misuse.is_misused(session, [member.id]) == {member.id}
    with database.session(other_town.id) as other:
        assert misuse.is_misused(other, [member.id]) == set()
