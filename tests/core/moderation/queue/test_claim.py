"""Claims: one person at a time, for a quarter of an hour, and the next free case for whoever asks."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.errors import NotFound
from baukasten.moderation import deciding
from baukasten.moderation.models import Case, Measure
from baukasten.moderation.queue import claim
from baukasten.moderation.queue.filters import Filters, State
from baukasten.moderation.steps import AlreadyDecided, Claimed, Step
from baukasten.plugin.refs import Role

CROWD = 50


@pytest.fixture
def tjark(new_member):
    return new_member(Role.MODERATOR, name="Tjark")


def holder(session, case_id):
    return session.execute(select(Case.holder_id, Case.held_until).where(Case.id == case_id)).one()


def test_whoever_takes_a_case_keeps_it_while_active(session, moderator, tjark, cases):
    (case,) = cases(1)
    with clock.turned(clock.now()):
        until = claim.claim(session, moderator, case)
        assert holder(session, case) == (moderator.id, until)
        with pytest.raises(Claimed, match="Mo is working"):
            claim.claim(session, tjark, case)
        clock.forward(dt.timedelta(minutes=14))
        assert claim.claim(session, moderator, case) == clock.now() + claim.LEASE
        clock.forward(claim.LEASE + dt.timedelta(seconds=1))
        claim.claim(session, tjark, case)
        assert holder(session, case).holder_id == tjark.id


def test_others_cannot_decide_what_somebody_works_on(session, moderator, tjark, cases):
    (case,) = cases(1)
    claim.claim(session, moderator, case)
    with pytest.raises(Claimed, match="Mo is working"):
        deciding.decide(session, tjark, case, Step(Measure.PUBLISH))
    assert deciding.decide(session, moderator, case, Step(Measure.PUBLISH)).case_id == case


def test_taking_over_is_possible_and_logged(session, moderator, tjark, cases):
    (case,) = cases(1)
    claim.claim(session, moderator, case)
    claim.claim(session, tjark, case, take_over=True)
    session.flush()
    assert holder(session, case).holder_id == tjark.id
    logged = session.scalars(select(AuditEntry.action).where(AuditEntry.target == f"case:{case}")).all()
    assert logged == ["moderation.case.take-over"]


def test_a_case_is_given_back_by_whoever_holds_it(session, moderator, tjark, cases):
    (case,) = cases(1)
    claim.claim(session, moderator, case)
    claim.release(session, tjark, case)
    assert holder(session, case).holder_id == moderator.id
    claim.release(session, moderator, case)
    assert holder(session, case) == (None, None)


def test_missing_and_foreign_cases_are_equally_unknown(session, database, other_town, moderator, cases):
    (case,) = cases(1)
    with database.session(other_town.id) as elsewhere:
        for verb in (claim.claim, claim.release):
            for number in (case, 10**17):
                with pytest.raises(NotFound):
                    verb(elsewhere, moderator, number)
    assert holder(session, case).holder_id is None


def test_a_decided_case_cannot_be_taken(session, moderator, tjark, cases):
    (case,) = cases(1)
    deciding.decide(session, moderator, case, Step(Measure.PUBLISH))
    with pytest.raises(AlreadyDecided, match="Mo has decided"):
        claim.claim(session, tjark, case)


def test_the_next_case_is_the_first_that_nobody_holds(session, moderator, tjark, cases, hours_ago):
    new, old = cases(1)[0], cases(1, order_at=hours_ago(5))[0]
    assert claim.next_case(session, moderator) == old
    assert claim.next_case(session, tjark) == new
    assert claim.next_case(session, tjark, skip=new) is None
    assert claim.next_case(session, moderator, Filters(state=State.CLOSED)) is None


def test_of_fifty_who_take_the_same_case_one_gets_it(database, town, session, new_member, cases):
    (case,) = cases(1)
    crowd = [new_member(Role.MODERATOR, name=f"M{number}") for number in range(CROWD)]

    def take(member):
        with database.session(town.id) as own:
            try:
                claim.claim(own, member, case)
            except Claimed:
                return None
            own.commit()
            return member.id

    with ThreadPoolExecutor(CROWD) as pool:
        taken = [found for found in pool.map(take, crowd) if found is not None]
    session.expire_all()
    assert taken == [holder(session, case).holder_id]


def test_two_who_ask_for_the_next_case_at_once_never_get_the_same(database, town, session, new_member, cases):
    made = cases(20)
    crowd = [new_member(Role.MODERATOR, name=f"M{number}") for number in range(20)]

    def ask(member):
        with database.session(town.id) as own:
            found = claim.next_case(own, member)
            own.commit()
            return found

    with ThreadPoolExecutor(8) as pool:
        given = [found for found in pool.map(ask, crowd) if found is not None]
    assert len(given) == len(set(given))
    assert set(given) <= set(made)
