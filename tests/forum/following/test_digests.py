"""What a summary of a town learns from its forums."""

import datetime as dt

from sqlalchemy import text

from baukasten import clock
from baukasten.projects import publishing
from baukasten_forum import judging, service
from tests.forum.conftest import DAY, open_forum


def news(session, since=None, limit=10):
    source = session.contract.registry.digests["forum.news"].value
    return [(item.title, item.summary) for item in source.items(session, since or clock.now() - DAY, limit)]


def begin(session, forum, member, title):
    return service.open_topic(session, member, forum, title=title, body="Text.")


def test_new_moved_and_answered_topics_are_told_forum_by_forum(
    session, database, town, noon, forum, anna, ben
):
    with clock.turned(noon - 2 * DAY):
        old, _older = (begin(session, forum, anna, title) for title in ("Alt", "Älter"))
    with clock.turned(noon - dt.timedelta(hours=3)):
        begin(session, forum, anna, "Neu")
    with clock.turned(noon - dt.timedelta(hours=2)):
        service.reply(session, ben, forum, old.topic_id, body="Gern.")
    other = open_forum(database, town, "zweites")
    with clock.turned(noon - dt.timedelta(hours=4)):
        begin(session, other, anna, "Dort")
    session.execute(text("UPDATE forum_topic SET answered_at = :at WHERE title = 'Neu'"), {"at": noon})
    assert news(session) == [
        ("Alt", "Ideen-Forum · 1 reply"),
        ("Neu", "Ideen-Forum · The town has answered"),
        ("Dort", "Ideen-Forum · new"),
    ]
    assert news(session, limit=1) == [("Alt", "Ideen-Forum · 1 reply")]


def test_what_is_not_public_is_not_told(session, forum, topic, anna):
    assert [title for title, _summary in news(session)] == ["Treppe ins Wasser"]
    judging.hide(session, topic.post_id)
    assert news(session) == []
    judging.restore(session, topic.post_id)
    publishing.unpublish(session, None, forum.project.id)
    assert news(session) == []


def test_another_town_tells_its_own(session, database, other_town, topic):
    with database.session(other_town.id) as there:
        assert news(there) == []
