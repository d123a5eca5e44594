"""What staff do to the state of one topic."""

import datetime as dt
from collections.abc import Callable

import pytest

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Closed, Conflict, Denied, Invalid, NotFound
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Verdict
from baukasten_forum import service
from baukasten_forum.keys import PostKind, TopicState
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages import rules
from baukasten_forum.steering import tools
from tests.forum.conftest import DAY

SECOND = dt.timedelta(seconds=1)
DEEDS: dict[str, Callable[..., object]] = {
    "pin": lambda *args: tools.pin(*args, pinned=True),
    "unpin": lambda *args: tools.pin(*args, pinned=False),
    "lock": lambda *args: tools.lock(*args, reason="Streit"),
    "reopen": tools.reopen,
    "slow": lambda *args: tools.slow(*args, seconds=60),
    "close": lambda *args: tools.close_at(*args, moment=clock.now() + DAY),
    "conclude": lambda *args: tools.conclude(*args, body="Wir bauen."),
}


@pytest.fixture
def row(session, forum, topic):
    """Reads the topic anew."""
    return lambda: rules.topic_of(session, forum, topic.topic_id)


@pytest.mark.parametrize("deed", DEEDS)
def test_each_deed_is_noted_and_open_to_staff_alone(session, forum, topic, moderator, ben, deed):
    with pytest.raises(Denied):
        DEEDS[deed](session, ben, forum, topic.topic_id)
    DEEDS[deed](session, moderator, forum, topic.topic_id)
    newest = audit.entries(session, limit=1)[0]
    assert (newest.action, newest.target, newest.actor_id) == (
        f"forum.topic.{deed}",
        f"topic:{topic.topic_id}",
        moderator.id,
    )


@pytest.mark.parametrize("deed", DEEDS)
def test_topics_of_other_forums_are_unknown_and_merged_ones_go_on_elsewhere(
    session, forum, topic, moderator, anna, place, deed
):
    other = place("forum", slug="anders", title="Anders")
    with pytest.raises(NotFound):
        DEEDS[deed](session, moderator, other, topic.topic_id)
    target = service.open_topic(session, anna, forum, title="Ziel", body="Hierher.")
    session.query(Topic).filter_by(id=topic.topic_id).update({"merged_into": target.topic_id})
    with pytest.raises(Conflict):
        DEEDS[deed](session, moderator, forum, topic.topic_id)


def test_pinning_and_back(noon, session, forum, topic, moderator, row):
    tools.pin(session, moderator, forum, topic.topic_id, pinned=True)
    assert row().pinned_at == noon
    tools.pin(session, moderator, forum, topic.topic_id, pinned=False)
    assert row().pinned_at is None


def test_locking_needs_a_reason_and_reopening_forgets_it(noon, session, forum, topic, moderator, ben, row):
    for reason in ("", " \n ", "x" * 301):
        with pytest.raises(Invalid) as refused:
            tools.lock(session, moderator, forum, topic.topic_id, reason=reason)
        assert list(refused.value.errors) == ["reason"]
    tools.lock(session, moderator, forum, topic.topic_id, reason=" Nur noch\nStreit. ")
    assert (row().state, row().state_reason, row().state_since) == (
        TopicState.LOCKED,
        "Nur noch Streit.",
        noon,
    )
    with pytest.raises(Closed):
        service.reply(session, ben, forum, topic.topic_id, body="Doch.")
    tools.reopen(session, moderator, forum, topic.topic_id)
    assert (row().state, row().state_reason) == (TopicState.OPEN, "")
    assert service.reply(session, ben, forum, topic.topic_id, body="Doch.").number == 2


@pytest.mark.parametrize("seconds", [-1, 7 * 86_400 + 1, 2**63])
def test_pauses_are_a_week_at_most(session, forum, topic, moderator, seconds):
    with pytest.raises(Invalid):
        tools.slow(session, moderator, forum, topic.topic_id, seconds=seconds)


def test_a_topic_closes_to_the_second_and_opens_again(noon, session, forum, topic, moderator, ben, row):
    with pytest.raises(Invalid) as refused:
        tools.close_at(session, moderator, forum, topic.topic_id, moment=noon)
    assert list(refused.value.errors) == ["day"]
    end = noon + DAY
    tools.close_at(session, moderator, forum, topic.topic_id, moment=end)
    with clock.turned(end - SECOND):
        assert service.reply(session, ben, forum, topic.topic_id, body="Noch rechtzeitig.").number == 2
    with clock.turned(end):
        with pytest.raises(Closed):
            service.reply(session, ben, forum, topic.topic_id, body="Zu spät.")
        tools.reopen(session, moderator, forum, topic.topic_id)
        assert row().closes_at is None
        assert service.reply(session, ben, forum, topic.topic_id, body="Doch noch.").number == 3
        tools.close_at(session, moderator, forum, topic.topic_id, moment=end + DAY)
        tools.close_at(session, moderator, forum, topic.topic_id, moment=None)
        assert row().closes_at is None


def test_concluding_writes_the_last_post_even_in_a_locked_topic(
    noon, session, forum, topic, moderator, ben, row
):
    tools.lock(session, moderator, forum, topic.topic_id, reason="Streit")
    written = tools.conclude(session, moderator, forum, topic.topic_id, body="Wir bauen.")
    assert (row().state, row().conclusion_number, written.number) == (TopicState.CONCLUDED, 2, 2)
    assert session.query(Post.kind).filter_by(id=written.post_id).scalar() == PostKind.CONCLUSION
    with pytest.raises(Closed):
        service.reply(session, ben, forum, topic.topic_id, body="Aber.")
    with pytest.raises(Conflict):
        tools.conclude(session, moderator, forum, topic.topic_id, body="Nochmal.")


def test_a_conclusion_that_a_filter_holds_leaves_the_topic_open(
    monkeypatch, session, forum, topic, moderator, row
):
    held = Verdict(Ruling.HOLD, "words", "Wird geprüft.")
    monkeypatch.setattr(moderation, "screen", lambda *_: held)
    with pytest.raises(Invalid):
        tools.conclude(session, moderator, forum, topic.topic_id, body="Wir bauen.")
    session.commit()
    assert (row().state, session.query(Post).count()) == (TopicState.OPEN, 1)


def test_only_what_is_over_is_archived(noon, session, forum, topic, moderator, row):
    with pytest.raises(Invalid):
        tools.archive(session, moderator, forum, topic.topic_id)
    tools.close_at(session, moderator, forum, topic.topic_id, moment=noon + DAY)
    with pytest.raises(Invalid):
        tools.archive(session, moderator, forum, topic.topic_id)
    with clock.turned(noon + DAY):
        tools.archive(session, moderator, forum, topic.topic_id)
        assert (row().state, row().state_since) == (TopicState.ARCHIVED, noon + DAY)
