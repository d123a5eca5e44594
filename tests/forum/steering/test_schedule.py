"""Planning a forum's states, and concluding it."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Verdict
from baukasten_forum.keys import PostKind, State, TopicState
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages import rules
from baukasten_forum.stages.models import Stage
from baukasten_forum.steering import schedule
from baukasten_forum.steering.schedule import Plan
from tests.forum.conftest import DAY

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def plan(session, admin, forum, noon):
    """Plans a state so many days from noon on, or at once."""

    def do(state, days=None, **more):
        return schedule.add(
            session, admin, forum, Plan(state, None if days is None else noon + days * DAY, **more)
        )

    return do


def states(session, forum):
    return [(step.state, step.starts_at) for step in rules.schedule(session, forum.id)]


def deeds(session):
    return [
        (entry.action, entry.facts["state"])
        for entry in audit.entries(session)
        if entry.action.startswith("forum.stage.")
    ]


def test_states_are_planned_in_their_order_and_noted(session, forum, plan, noon, admin):
    plan(State.ANNOUNCED)
    with clock.turned(noon + SECOND):
        plan(State.READ_ONLY, 9)
        plan(State.OPEN, 2)
        assert states(session, forum) == [
            (State.ANNOUNCED, noon),
            (State.OPEN, noon + 2 * DAY),
            (State.READ_ONLY, noon + 9 * DAY),
        ]
    assert deeds(session) == [
        ("forum.stage.add", "open"),
        ("forum.stage.add", "read_only"),
        ("forum.stage.add", "announced"),
    ]
    assert [one for (one,) in session.query(Stage.set_by)] == [admin.id] * 3


@pytest.mark.parametrize(
    ("before", "state", "days", "field"),
    [
        ([], State.OPEN, None, "state"),
        ([], State.OPEN, 3, "state"),
        ([], State.ARCHIVED, None, "state"),
        ([(State.REPLIES, None)], State.ARCHIVED, 3, "state"),
        ([(State.READ_ONLY, None)], State.READ_ONLY, 3, "state"),
        ([(State.READ_ONLY, None), (State.ARCHIVED, 5)], State.REPLIES, 3, "sure"),
        ([(State.READ_ONLY, None)], State.OPEN, 3, "sure"),
        ([(State.READ_ONLY, 3)], State.REPLIES, 3, "day"),
        ([(State.READ_ONLY, 3)], State.REPLIES, 0, "day"),
        ([], State.READ_ONLY, -1, "day"),
        ([], State.CONCLUDED, None, "conclusion"),
        ([], State.CONCLUDED, 3, "conclusion"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(session, forum, plan, noon, before, state, days, field):
    for one in before:
        plan(*one)
    stored = states(session, forum)
    with clock.turned(noon + (SECOND if days is None else 0 * SECOND)), pytest.raises(Invalid) as refused:
        plan(state, days)
    assert list(refused.value.errors) == [field]
    assert states(session, forum) == stored


def test_a_step_back_must_be_meant(session, forum, plan, noon):
    plan(State.READ_ONLY)
    plan(State.OPEN, 3, sure=True)
    assert [state for state, _moment in states(session, forum)] == [State.READ_ONLY, State.OPEN]


def test_what_has_begun_stays_what_comes_can_be_changed_and_removed(session, forum, plan, noon, admin):
    begun, coming = plan(State.REPLIES), plan(State.READ_ONLY, 3)
    for stage_id in (begun,):
        with pytest.raises(Conflict):
            schedule.change(session, admin, forum, stage_id, Plan(State.OPEN, noon + DAY))
        with pytest.raises(Conflict):
            schedule.remove(session, admin, forum, stage_id)
    schedule.change(session, admin, forum, coming, Plan(State.READ_ONLY, noon + 5 * DAY))
    assert states(session, forum) == [(State.REPLIES, noon), (State.READ_ONLY, noon + 5 * DAY)]
    archive = plan(State.ARCHIVED, 9)
    with pytest.raises(Invalid):
        schedule.remove(session, admin, forum, coming)
    schedule.remove(session, admin, forum, archive)
    schedule.remove(session, admin, forum, coming)
    assert states(session, forum) == [(State.REPLIES, noon)]
    with pytest.raises(NotFound):
        schedule.remove(session, admin, forum, coming)


def test_states_of_another_forum_or_town_are_unknown(session, plan, admin, place, database, other_town, noon):
    stage_id = plan(State.READ_ONLY, 3)
    session.commit()
    other = place("forum", slug="anders", title="Anders")
    with pytest.raises(NotFound):
        schedule.remove(session, admin, other, stage_id)
    with pytest.raises(NotFound):
        schedule.change(session, admin, other, stage_id, Plan(State.REPLIES, noon + DAY))
    session.commit()
    with database.session(other_town.id) as there:
        assert rules.schedule(there, session.query(Stage.module_id).scalar()) == ()


def test_only_admins_plan(session, forum, moderator, ben, noon):
    for actor in (moderator, ben):
        with pytest.raises(Denied):
            schedule.add(session, actor, forum, Plan(State.READ_ONLY))
        with pytest.raises(Denied):
            schedule.conclude(session, actor, forum, title="Ergebnis", body="Wir bauen.")
    assert session.query(Stage).count() == 0


def test_more_than_anybody_plans_is_refused(monkeypatch, plan):
    monkeypatch.setattr(schedule, "MOST", 1)
    plan(State.REPLIES, 1)
    with pytest.raises(Invalid) as refused:
        plan(State.READ_ONLY, 2)
    assert list(refused.value.errors) == [""]


def test_concluding_publishes_pins_and_ends_in_one_go(session, forum, topic, plan, noon, admin):
    plan(State.READ_ONLY)
    with clock.turned(noon + DAY):
        written = schedule.conclude(session, admin, forum, title="Ergebnis", body="Wir bauen **Stufen**.")
    row = session.get_one(Topic, (forum_tenant(session), written.topic_id))
    assert (row.title, row.state, row.conclusion_number, row.pinned_at) == (
        "Ergebnis",
        TopicState.CONCLUDED,
        1,
        noon + DAY,
    )
    post = session.query(Post).filter_by(id=written.post_id).one()
    assert (post.kind, post.body_html.strip()) == (
        PostKind.CONCLUSION,
        "<p>Wir bauen <strong>Stufen</strong>.</p>",
    )
    steps = rules.schedule(session, forum.id)
    assert [(step.state, step.conclusion_id) for step in steps] == [
        (State.READ_ONLY, None),
        (State.CONCLUDED, written.post_id),
    ]


def forum_tenant(session):
    return session.tenant_id


def test_a_conclusion_that_a_filter_holds_stores_nothing(monkeypatch, session, forum, admin, noon):
    held = Verdict(Ruling.HOLD, "words", "Wird geprüft.")
    monkeypatch.setattr(moderation, "screen", lambda *_: held)
    with pytest.raises(Invalid):
        schedule.conclude(session, admin, forum, title="Ergebnis", body="Wir bauen.")
    session.commit()
    assert (session.query(Topic).count(), session.query(Stage).count()) == (0, 0)


def test_a_coming_conclusion_chooses_a_text_of_this_forum(session, forum, topic, plan, noon, admin, place):
    written = schedule.conclude(session, admin, forum, title="Zwischenstand", body="Bisher.")
    assert schedule.conclusions(session, forum) == [(written.post_id, "Zwischenstand")]
    session.query(Stage).delete()
    plan(State.CONCLUDED, 3, conclusion_id=written.post_id)
    session.commit()
    other = place("forum", slug="anders", title="Anders")
    first = session.query(Post.id).filter_by(topic_id=topic.topic_id).scalar()
    for module, post_id in ((other, written.post_id), (forum, first), (forum, 2**62)):
        with pytest.raises(Invalid) as refused:
            schedule.add(session, admin, module, Plan(State.CONCLUDED, noon + 4 * DAY, post_id))
        assert list(refused.value.errors) == ["conclusion"]


def test_two_colleagues_do_not_take_the_same_moment(database, town, session, forum, admin, noon):
    schedule.add(session, admin, forum, Plan(State.REPLIES, noon + DAY))
    session.commit()
    with database.session(town.id) as other, pytest.raises(Invalid) as refused:
        schedule.add(other, admin, forum, Plan(State.READ_ONLY, noon + DAY))
    assert list(refused.value.errors) == ["day"]
