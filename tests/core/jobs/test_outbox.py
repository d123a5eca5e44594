"""Events: told to each listener after commit, whatever becomes of the others."""

import pytest

from baukasten.db.session import MissingTenantError
from baukasten.jobs import dead, outbox
from baukasten.plugin.events import ContentPublished
from baukasten.tenants import plugins


def published(town, number=1):
    return ContentPublished(town.id, content_type="forum.topic", content_id=number)


def publish(queue, town, number=1):
    with queue.session(town.id) as session:
        told = outbox.publish(session, published(town, number))
        session.commit()
    return told


def test_each_listener_is_told_once(queue, home, worker, diary, waiting):
    assert publish(queue, home) == 2
    worker.run_pending()

    assert sorted(diary.lines, key=lambda line: line[0]) == [
        ("alpha", published(home)),
        ("beta", published(home)),
    ]
    assert waiting() == []


def test_a_rolled_back_deed_is_told_to_nobody(queue, home, waiting):
    with queue.session(home.id) as session:
        outbox.publish(session, published(home))
        session.rollback()

    assert waiting() == []


def test_one_listener_is_told_once_though_another_keeps_failing(queue, home, worker, diary):
    diary.failing.add("alpha")
    publish(queue, home)
    worker.run_pending()

    assert diary.lines == [("beta", published(home))]
    with queue.operator_session() as session:
        found = dead.list_dead(session)
    assert [(one.plugin, one.event, one.tenant_id, one.attempts) for one in found] == [
        ("alpha", "core.content_published", home.id, 12)
    ]
    assert found[0].error == "EventFailedError: alpha: ValueError: alpha does not take core.content_published"


def test_who_is_switched_off_is_told_nothing(queue, home, worker, diary):
    with queue.session(home.id) as session:
        plugins.switch_off(session, home, "alpha")
        session.commit()
    assert publish(queue, home) == 1
    with queue.session(home.id) as session:
        plugins.switch_off(session, home, "beta")
        session.commit()
    worker.run_pending()

    assert diary.lines == []


def test_a_revoked_plugin_is_told_nothing(queue, home):
    with queue.operator_session() as session:
        plugins.revoke(session, home.id, "beta")
        session.commit()

    assert publish(queue, home) == 1


def test_an_event_of_another_town_is_refused(queue, home, other_town):
    with queue.session(home.id) as session, pytest.raises(MissingTenantError, match="another town"):
        outbox.publish(session, published(other_town))
    with queue.session(None) as session, pytest.raises(MissingTenantError, match="another town"):
        outbox.publish(session, published(home))


def test_an_event_nobody_knows_any_more_is_no_failure(queue, home):
    with queue.session(home.id) as session:
        assert outbox.rebuild(session, "gone.happened", {"x": 1}) is None
        assert outbox.rebuild(
            session, "core.content_published", {"content_type": "forum.topic", "content_id": 1, "lost": 2}
        ) == published(home)
