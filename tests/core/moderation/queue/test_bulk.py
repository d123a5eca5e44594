"""Deciding about many at once: what can be decided is, what cannot is named, and nothing happens twice."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from baukasten import clock
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.moderation import deciding
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.moderation.queue import bulk, claim
from baukasten.moderation.queue.bulk import Way
from baukasten.moderation.settings import DESK
from baukasten.moderation.steps import AlreadyDecided, Claimed, SecondNeeded, Step
from baukasten.plugin.refs import Role, Visibility
from baukasten.tenants import settings
from baukasten_forum.models import Post, Topic

CROWD = 50


@pytest.fixture
def tjark(new_member):
    return new_member(Role.MODERATOR, name="Tjark")


@pytest.fixture
def away(session):
    return bulk.step_of(session, Way.AWAY, "spam", "Werbung für Fenster")


def clear(session):
    return bulk.step_of(session, Way.CLEAR, "", "")


def seen(session, case_ids):
    query = select(Post.visibility).join(Case, Case.content_id == Post.id).where(Case.id.in_(case_ids))
    return session.scalars(query.order_by(Case.id)).all()


def open_of(session, case_ids):
    query = select(Case.id).where(Case.id.in_(case_ids), Case.closed_at.is_(None)).order_by(Case.id)
    return session.scalars(query).all()


def test_each_case_gets_the_measure_that_fits_it(session, moderator, cases, away):
    held, reported = cases(2), cases(2, held=False)
    result = bulk.decide(session, moderator, held[:1] + reported[:1], Way.CLEAR, clear(session))
    assert sorted(one.measure for one in result.decided) == ["keep", "publish"]
    result = bulk.decide(session, moderator, held[1:] + reported[1:], Way.AWAY, away)
    assert sorted(one.measure for one in result.decided) == ["hide", "reject"]
    assert {one.rule_key for one in result.decided} == {"spam"}
    assert seen(session, held + reported) == ["published", "removed", "published", "hidden"]
    assert open_of(session, held + reported) == []


def test_what_cannot_be_decided_is_named_and_stops_no_other(
    session, database, other_town, moderator, tjark, cases
):
    free, decided, claimed, withdrawn = cases(4)
    deciding.decide(session, tjark, decided, Step(Measure.PUBLISH))
    claim.claim(session, tjark, claimed)
    gone = select(Case.content_id).where(Case.id == withdrawn).scalar_subquery()
    session.execute(update(Post).where(Post.id == gone).values(visibility=Visibility.WITHDRAWN.value))
    session.commit()
    chosen = [free, decided, claimed, withdrawn, 10**17]
    result = bulk.decide(session, moderator, chosen, Way.CLEAR, clear(session))
    session.commit()
    assert [one.case_id for one in result.decided] == [free]
    kinds = {case: type(error) for case, error in result.refused.items()}
    assert kinds == {decided: AlreadyDecided, claimed: Claimed, withdrawn: Invalid, 10**17: NotFound}
    assert "Tjark has decided" in result.refused[decided].message
    assert open_of(session, chosen) == [claimed, withdrawn]
    with database.session(other_town.id) as elsewhere:
        foreign = bulk.decide(elsewhere, moderator, [claimed], Way.CLEAR, clear(elsewhere))
    assert (foreign.decided, type(foreign.refused[claimed])) == ([], NotFound)


@pytest.mark.parametrize("count", [0, 101])
def test_none_and_too_many_are_refused(session, moderator, count):
    with pytest.raises(Invalid, match="between 1 and 100"):
        bulk.decide(session, moderator, list(range(1, count + 1)), Way.CLEAR, clear(session))


def test_taking_out_of_view_needs_rule_and_reason(session, moderator, cases):
    made = cases(1)
    with pytest.raises(Invalid):
        bulk.step_of(session, Way.AWAY, "made up", "Werbung")
    with pytest.raises(Invalid):
        bulk.decide(session, moderator, made, Way.AWAY, bulk.step_of(session, Way.AWAY, "spam", "  "))
    assert open_of(session, made) == made


def test_where_two_must_decide_many_cannot_be_hidden_at_once(session, moderator, cases, away):
    settings.write(session, DESK, {"second_pair": ["hide"]})
    made = cases(2, held=False)
    with pytest.raises(SecondNeeded):
        bulk.decide(session, moderator, made, Way.AWAY, away)
    assert open_of(session, made) == made


def test_all_together_are_undone_within_ten_seconds(session, moderator, topic, cases, away):
    held, reported = cases(3), cases(2, held=False)
    before = seen(session, held + reported)
    with clock.turned(clock.now()):
        result = bulk.decide(session, moderator, held + reported, Way.AWAY, away)
        session.commit()
        clock.forward(dt.timedelta(seconds=9))
        undone = deciding.undo_together(session, moderator, result.decided[0].id)
        session.commit()
    assert len(undone) == 5
    assert seen(session, held + reported) == before
    assert open_of(session, held + reported) == held + reported
    holders = select(Case.holder_id).where(Case.id.in_(held + reported)).distinct()
    assert session.scalars(holders).all() == [moderator.id]


def test_undoing_together_is_for_whoever_decided_and_for_ten_seconds(session, moderator, tjark, cases):
    with clock.turned(clock.now()):
        result = bulk.decide(session, moderator, cases(3), Way.CLEAR, clear(session))
        session.commit()
        with pytest.raises(NotFound):
            deciding.undo_together(session, tjark, result.decided[0].id)
        clock.forward(deciding.UNDO + deciding.GRACE + dt.timedelta(seconds=1))
        with pytest.raises(Conflict, match="no longer"):
            deciding.undo_together(session, moderator, result.decided[0].id)


def test_numbers_of_published_posts_are_given_once_each(session, moderator, topic, cases):
    made = cases(30)
    bulk.decide(session, moderator, made, Way.CLEAR, clear(session))
    session.commit()
    numbers = session.scalars(
        select(Post.number).where(Post.topic_id == topic.topic_id).order_by(Post.number)
    ).all()
    assert numbers == list(range(1, 32))
    assert session.scalar(select(Topic.replies).where(Topic.id == topic.topic_id)) == 30


def test_the_statements_beside_the_steps_do_not_grow_with_the_number(session, moderator, cases, statements):
    steps = ("INSERT INTO moderation_decision", "SAVEPOINT", "RELEASE")

    def asked(made):
        with statements() as seen:
            deciding.decide_many(session, moderator, made, Step(Measure.KEEP))
        session.commit()
        short = (" ".join(one.split())[:40] for one in seen)
        return [one for one in short if not one.startswith(steps)]

    asked(cases(2, held=False))  # what a process asks once
    assert asked(cases(20, held=False)) == asked(cases(60, held=False))


def test_of_fifty_who_decide_the_same_case_one_does_and_the_others_learn_who(
    database, town, session, new_member, cases
):
    (case,) = cases(1)
    crowd = [new_member(Role.MODERATOR, name=f"Mo {number}") for number in range(CROWD)]

    def decide(member):
        with database.session(town.id) as own:
            try:
                decision = deciding.decide(own, member, case, Step(Measure.PUBLISH))
                own.commit()
            except AlreadyDecided as error:
                return None, error.message
            return decision.actor_id, member.display_name

    with ThreadPoolExecutor(CROWD) as pool:
        told = list(pool.map(decide, crowd))
    won = [name for actor, name in told if actor is not None]
    others = [message for actor, message in told if actor is None]
    assert len(won) == 1
    assert len(others) == CROWD - 1
    assert {message.split(" has decided")[0] for message in others} == set(won)
    assert session.scalar(select(func.count()).select_from(Decision).where(Decision.case_id == case)) == 1


def test_a_step_for_many_that_two_must_take_decides_nothing_of_the_rest(
    session, cases, moderator, client_of, town, sign_in, database
):
    settings.write(session, DESK, {"second_pair": ["hide"]})
    ids = [*cases(1), *cases(1, held=False)]
    client = client_of(town)
    sign_in(client, moderator)
    answer = client.post(
        "/en/verwaltung/moderation/entscheiden",
        data={
            "_token": client.token("/en/verwaltung/moderation/"),
            "schritt": "ausblenden",
            "rule": "respect",
            "facts": "Werbung, überall Werbung.",
            "vorgang": ids,
        },
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert all(f'data-case="{one}"' in page for one in ids)
    with database.session(town.id) as fresh:
        assert fresh.scalars(select(Decision)).all() == []
