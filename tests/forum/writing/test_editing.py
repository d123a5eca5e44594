"""Changing what stands in view: a slip leaves no trace, everything else stays readable, nobody unpublishes by it."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import select, update

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.moderation import service as moderation
from baukasten.notify import service as notices
from baukasten.plugin.refs import ContentRef, Ruling, Verdict, Visibility
from baukasten.sdk import Closed, Denied, Invalid, NotFound, Rejected
from baukasten_forum import mentions, service
from baukasten_forum.models import Post, Topic
from baukasten_forum.writing import editing
from baukasten_forum.writing.editing import Change
from baukasten_forum.writing.models import Revision, Wording
from tests.forum.conftest import DAY

MINUTE = dt.timedelta(minutes=1)
RULE = {"rule": "3", "facts": "Beleidigt jemanden."}


def body(session, post_id):
    query = select(Post.body, Post.body_html, Post.edits).where(Post.id == post_id)
    return tuple(session.execute(query).one())


def revisions(session):
    columns = (
        Revision.number,
        Revision.title,
        Revision.body,
        Revision.edited_by,
        Revision.by_staff,
        Revision.reason,
    )
    return [tuple(row) for row in session.execute(select(*columns).order_by(Revision.id))]


def change(session, actor, forum, topic, number=1, **values):
    now = editing.editable(session, actor, forum, topic.topic_id, number)
    given = {"title": now.title, "version": now.version, **values}
    return editing.edit(session, actor, forum, topic.topic_id, number, Change(**given))


def judge(monkeypatch, ruling):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(ruling, "words", "Bitte anders."))


def test_a_slip_leaves_no_trace(noon, session, forum, topic, anna):
    with clock.turned(noon + 3 * MINUTE):
        assert change(session, anna, forum, topic, title="Treppe am Wasser", body="Breite *Stufen*.")
    assert body(session, topic.post_id) == ("Breite *Stufen*.", "<p>Breite <em>Stufen</em>.</p>\n", 0)
    assert revisions(session) == []
    assert session.execute(select(Topic.title, Topic.slug)).one() == ("Treppe am Wasser", "treppe-am-wasser")


@pytest.mark.parametrize("replied", [True, False])
def test_later_or_after_a_reply_the_old_wording_stays_readable(
    noon, session, forum, topic, anna, ben, replied
):
    if replied:
        service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    with clock.turned(noon + (MINUTE if replied else 3 * MINUTE + dt.timedelta(seconds=1))):
        change(session, anna, forum, topic, title="Treppe", body="Anders.")
        change(session, anna, forum, topic, body="Noch anders.")
    assert body(session, topic.post_id) == ("Noch anders.", "<p>Noch anders.</p>\n", 2)
    assert revisions(session) == [
        (1, "Treppe ins Wasser", "Breite **Stufen**.", anna.id, False, ""),
        (2, "Treppe", "Anders.", anna.id, False, ""),
    ]


def test_after_the_hour_a_change_says_why(noon, session, forum, topic, anna):
    with clock.turned(noon + 61 * MINUTE):
        with pytest.raises(Invalid) as refused:
            change(session, anna, forum, topic, body="Anders.", reason=" ")
        assert list(refused.value.errors) == ["reason"]
        change(session, anna, forum, topic, body="Anders.", reason="  Länge\nergänzt ")
    assert revisions(session)[0][-1] == "Länge ergänzt"


def test_the_town_chooses_how_long_nobody_asks_why(noon, session, forum, topic, anna):
    forum = dataclasses.replace(forum, settings={**forum.settings, "edit_minutes": 0})
    with clock.turned(noon + MINUTE):
        assert editing.editable(session, anna, forum, topic.topic_id, 1).needs_reason


def test_nothing_changed_is_no_change(noon, session, forum, topic, anna):
    with clock.turned(noon + 10 * MINUTE):
        assert change(session, anna, forum, topic, body=" Breite **Stufen**.\n")
    assert body(session, topic.post_id)[2] == 0


def test_two_at_once_do_not_overwrite_each_other_unseen(noon, session, forum, topic, anna, moderator):
    with clock.turned(noon + 10 * MINUTE):
        change(session, moderator, forum, topic, body="Vom Team.", reason="Name entfernt", rule="Regel 2")
        with pytest.raises(editing.EditConflict) as conflict:
            editing.edit(session, anna, forum, topic.topic_id, 1, Change("Von mir.", "Treppe", version=""))
    assert conflict.value.now.body == "Vom Team."
    assert body(session, topic.post_id)[0] == "Vom Team."


def test_only_authors_and_staff_change_and_only_what_is_in_view(
    session, forum, topic, anna, ben, place, other_town, database
):
    with pytest.raises(Denied):
        editing.editable(session, ben, forum, topic.topic_id, 1)
    elsewhere = place("forum", slug="andere", title="Anderes")
    for module, number in ((forum, 2), (elsewhere, 1)):
        with pytest.raises(NotFound):
            editing.editable(session, anna, module, topic.topic_id, number)
    with database.session(other_town.id) as foreign, pytest.raises(NotFound):
        editing.editable(foreign, anna, forum, topic.topic_id, 1)
    session.execute(update(Post).values(visibility=Visibility.HIDDEN))
    with pytest.raises(NotFound):
        editing.editable(session, anna, forum, topic.topic_id, 1)


def test_a_phase_that_ended_closes_changing_too(noon, session, forum, topic, anna):
    with clock.turned(noon + 12 * DAY):
        with pytest.raises(Closed):
            editing.editable(session, anna, forum, topic.topic_id, 1)
        assert editing.described(session, anna, forum, topic.topic_id, 1).body == "Breite **Stufen**."


def test_staff_say_why_and_leave_a_trace_and_the_author_is_told(noon, session, forum, topic, anna, moderator):
    facts = "Name einer Nachbarin entfernt"
    for lacking in ({}, {"reason": facts}, {"rule": "Regel 2"}):
        with pytest.raises(Invalid):
            change(session, moderator, forum, topic, body="Ohne Namen.", **lacking)
    change(session, moderator, forum, topic, body="Ohne Namen.", reason=facts, rule="Regel 2")
    session.commit()
    reason = f"Regel 2: {facts}"
    assert revisions(session) == [(1, "Treppe ins Wasser", "Breite **Stufen**.", moderator.id, True, reason)]
    assert session.scalar(select(Post.staff_edited))
    actions = select(AuditEntry.actor_member_id, AuditEntry.target).where(
        AuditEntry.action == "forum.post.edit"
    )
    assert session.execute(actions).all() == [(moderator.id, f"forum.post:{topic.post_id}")]
    (told,) = notices.page(session, anna.id)[0]
    path = f"/beteiligung/torfhafen/forum/{topic.topic_id}/1/fassungen"
    assert (told.type, told.data, told.path) == (
        "forum.edited",
        {"topic": "Treppe ins Wasser", "reason": reason},
        path,
    )


def test_a_held_change_leaves_the_old_wording_in_view_until_somebody_decides(
    monkeypatch, noon, session, forum, topic, anna, moderator
):
    judge(monkeypatch, Ruling.HOLD)
    with clock.turned(noon + 10 * MINUTE):
        assert not change(session, anna, forum, topic, title="Neu", body="Erst so.")
        assert not change(session, anna, forum, topic, title="Neu", body="Dann **so**.")
        assert body(session, topic.post_id)[0] == "Breite **Stufen**."
        ref = ContentRef(editing.WORDING_TYPE, topic.post_id)
        content = moderation.find(session, ref)
        assert (content.title, content.excerpt, content.author_id, content.visibility) == (
            "Treppe ins Wasser", "Dann so.", anna.id, Visibility.HELD,
        )  # fmt: skip
        moderation.publish(session, moderator, ref)
    assert body(session, topic.post_id) == ("Dann **so**.", "<p>Dann <strong>so</strong>.</p>\n", 1)
    assert session.scalar(select(Topic.title)) == "Neu"
    assert revisions(session)[0][:3] == (1, "Treppe ins Wasser", "Breite **Stufen**.")
    assert session.scalars(select(Wording)).all() == []


def test_a_refused_change_changes_nothing(monkeypatch, noon, session, forum, topic, anna, moderator):
    judge(monkeypatch, Ruling.HOLD)
    change(session, anna, forum, topic, body="So nicht.")
    ref = ContentRef(editing.WORDING_TYPE, topic.post_id)
    moderation.reject(session, moderator, ref, **RULE)
    assert body(session, topic.post_id)[::2] == ("Breite **Stufen**.", 0)
    assert moderation.find(session, ref).visibility is Visibility.REMOVED
    judge(monkeypatch, Ruling.REJECT)
    with pytest.raises(Rejected):
        change(session, anna, forum, topic, body="Auch nicht.")


def test_a_change_calls_other_people(session, forum, topic, anna, ben, moderator):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    change(session, anna, forum, topic, body="@Ben Hafen und @Mo Deich")
    assert mentions.mentioned(session, topic.post_id) == [ben.id, moderator.id]
    change(session, anna, forum, topic, body="@Mo Deich")
    assert mentions.mentioned(session, topic.post_id) == [moderator.id]


def test_a_post_is_changed_a_hundred_times_at_most(session, forum, topic, anna):
    session.execute(update(Post).values(edits=100))
    with pytest.raises(Invalid):
        change(session, anna, forum, topic, body="Noch einmal.")
