"""Decisions under pressure: taken back when something came between, and many at once without waiting in circles."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import members
from baukasten.errors import BaukastenError, Conflict
from baukasten.moderation import deciding, service
from baukasten.moderation.cases import open_case
from baukasten.moderation.casework import carrying
from baukasten.moderation.casework.carrying import Plan
from baukasten.moderation.models import Case, CaseCause, Decision, Measure, Report
from baukasten.moderation.queue import claim
from baukasten.moderation.reporting import service as reports
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, Role, Standing, Visibility
from baukasten_forum import service as forum_service
from baukasten_forum.writing import withdrawing

KEEP = Step(Measure.KEEP)
HIDE = Step(Measure.HIDE, "Regel 1", "Greift eine Person an.")


@pytest.fixture
def ref(topic):
    return ContentRef("forum.post", topic.post_id)


@pytest.fixture
def tjark(new_member):
    return new_member(Role.MODERATOR, name="Tjark")


def reported(session, ref, reporter=None):
    reports.file(session, reporter, service.find(session, ref), reason="spam")
    session.commit()
    return session.scalars(select(Case.id).where(Case.closed_at.is_(None))).one()


def test_a_decision_stands_once_the_same_was_reported_anew(session, ref, moderator):
    first = reported(session, ref)
    decision = deciding.decide(session, moderator, first, KEEP)
    session.commit()
    second = reported(session, ref)
    for undo in (deciding.undo, deciding.undo_together):
        with pytest.raises(Conflict, match="can no longer be undone"):
            undo(session, moderator, decision.id)
        session.rollback()
    open_ones = session.scalars(select(Case.id).where(Case.closed_at.is_(None))).all()
    assert open_ones == [second] != [first]


def test_what_was_taken_back_or_reported_anew_keeps_nobody_from_undoing_the_rest(
    session, forum, topic, anna, moderator
):
    posts = [
        forum_service.reply(session, anna, forum, topic.topic_id, body=f"Satz {number}")
        for number in range(3)
    ]
    refs = [ContentRef("forum.post", post.post_id) for post in posts]
    ids = [open_case(session, one, CaseCause.REPORTED) for one in refs]
    session.commit()
    decided = deciding.decide_many(session, moderator, ids, KEEP).decided
    session.commit()
    withdrawing.withdraw(session, anna, forum, topic.topic_id, 2)
    open_case(session, refs[1], CaseCause.REPORTED)
    session.commit()
    back = deciding.undo_together(session, moderator, decided[0].id)
    assert [one.id for one in back] == [decided[2].id]
    assert session.scalars(
        select(Case.content_id).where(Case.closed_at.is_(None)).order_by(Case.id)
    ).all() == [
        refs[2].id,
        refs[1].id,
    ]


def test_a_measure_beside_a_decision_of_the_same_moment_is_taken_back_with_it(session, ref, anna, moderator):
    with clock.turned(clock.now()) as now:
        mute = Step(Measure.MUTE, "Regel 1", "Greift Leute an, oft.", until=now + dt.timedelta(days=1))
        reported(session, ref)
        case = session.scalars(select(Case)).one()
        decision = carrying.carry_out(session, moderator, case, Plan(HIDE, mute))
        session.commit()
        deciding.undo_together(session, moderator, decision.id)
        session.commit()
    assert service.find(session, ref).visibility is Visibility.PUBLISHED
    from_now = session.scalars(select(Decision.undone_at)).all()
    assert len(from_now) == 2
    assert None not in from_now
    assert members.ref(session, anna.id).standing is Standing.ACTIVE


def _together(*parts, timeout=60):
    """Run parts in threads that begin at once; gives what failed, and whether all came to an end."""
    gate, failed = threading.Barrier(len(parts)), []

    def run(part):
        try:
            gate.wait()
            part()
        except Exception as error:  # noqa: BLE001 - handed on to the test's thread
            failed.append(error)

    threads = [threading.Thread(target=run, args=(part,), daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    return failed, not any(thread.is_alive() for thread in threads)


def test_many_at_once_never_wait_for_each_other_in_a_circle(
    database, town, session, forum, anna, moderator, tjark
):
    topics = [
        forum_service.open_topic(session, anna, forum, title=f"Ort {number}", body="Breite Stufen")
        for number in range(8)
    ]
    ways = {0: topics, 1: topics[::-1]}
    ids: dict[int, list[int]] = {0: [], 1: []}
    for way, order in ways.items():
        for one in order:
            post = forum_service.reply(session, anna, forum, one.topic_id, body=f"Satz {way} {one.topic_id}")
            ids[way].append(open_case(session, ContentRef("forum.post", post.post_id), CaseCause.REPORTED))
    session.commit()
    # Each takes the topics in the other's order, for the cases were opened so.
    assert ids[0] == sorted(ids[0])
    assert ids[1] == sorted(ids[1])

    def decide(actor, chosen):
        with database.session(town.id) as own:
            found = deciding.decide_many(own, actor, chosen, HIDE)
            assert found.refused == {}
            own.commit()

    assert _together(lambda: decide(moderator, ids[0]), lambda: decide(tjark, ids[1])) == ([], True)


def test_who_looks_for_the_next_case_never_waits_for_whoever_decides(
    database, town, session, forum, topic, anna, moderator, tjark
):
    posts = [forum_service.reply(session, anna, forum, topic.topic_id, body=f"Satz {one}") for one in (1, 2)]
    first, second = (
        open_case(session, ContentRef("forum.post", post.post_id), CaseCause.REPORTED) for post in posts
    )
    session.commit()
    done = threading.Event()

    def decide_in_the_same_topic():
        with database.session(town.id) as own:
            try:
                deciding.decide(own, tjark, second, HIDE)
                own.commit()
            finally:
                done.set()

    deciding.decide(session, moderator, first, HIDE)
    other = threading.Thread(target=decide_in_the_same_topic, daemon=True)
    other.start()
    # The other one holds its case now, and waits for the topic that we hold.
    assert not done.wait(0.5)
    assert claim.next_case(session, moderator) is None
    session.commit()
    other.join(60)
    assert session.scalars(select(Decision.actor_id).order_by(Decision.id)).all() == [moderator.id, tjark.id]


def test_reports_and_withdrawals_and_decisions_at_once_lose_nothing(
    database, town, session, forum, topic, anna, moderator, tjark
):
    posts = [
        forum_service.reply(session, anna, forum, topic.topic_id, body=f"Satz {one}") for one in range(8)
    ]
    ids = [open_case(session, ContentRef("forum.post", one.post_id), CaseCause.REPORTED) for one in posts]
    session.commit()

    def each(work):
        def run():
            for number, post in enumerate(posts):
                with database.session(town.id) as own:
                    try:
                        work(own, number, post)
                        own.commit()
                    except BaukastenError:
                        own.rollback()

        return run

    def report(own, _number, post):
        reports.file(own, None, service.find(own, ContentRef("forum.post", post.post_id)), reason="spam")

    def withdraw(own, number, _post):
        withdrawing.withdraw(own, anna, forum, topic.topic_id, number + 2)

    def decide_all(own, _number, _post):
        deciding.decide_many(own, moderator, ids, HIDE)

    def decide_one(own, number, _post):
        deciding.decide(own, tjark, ids[number], KEEP)

    assert _together(each(report), each(withdraw), each(decide_all), each(decide_one)) == ([], True)
    session.rollback()
    per_case = session.scalars(select(Decision.case_id).where(Decision.undone_at.is_(None))).all()
    assert len(per_case) == len(set(per_case))
    unsettled = select(Report.case_id).where(Report.outcome.is_(None))
    left = session.scalars(unsettled.join(Case, Case.id == Report.case_id).where(Case.closed_at.is_not(None)))
    assert [one for one in left if one in per_case] == []
