"""Views of a topic are counted without a write at reading, for guests and citizens, and never make pages stale."""

import pytest
from sqlalchemy import select

from baukasten.sdk import module_path
from baukasten.web.platform import EXTENSION
from baukasten_forum import seen
from baukasten_forum.models import Topic


def views(database, town, topic):
    with database.session(town.id) as session:
        return session.scalar(select(Topic.views).where(Topic.id == topic.topic_id))


@pytest.fixture
def url(contract, forum, topic):
    return module_path(contract, forum, "topic", topic_id=topic.topic_id, slug=topic.slug)


def test_reading_is_counted_and_written_later(app, browse, anna, database, statements, topic, town, url):
    platform = app.extensions[EXTENSION]
    guest, citizen = browse(), browse(anna)
    platform.tallies.flush()
    platform.generations.refresh()
    with statements() as asked:
        pages = [guest.get(url), guest.get(url), citizen.get(url), guest.head(url)]
        pages.append(guest.get(url, headers={"User-Agent": "Examplebot/1.0"}))
    assert [page.status_code for page in pages] == [200] * 5
    assert [one for one in asked if "UPDATE forum_topic" in one] == []
    assert views(database, town, topic) == 0
    before = platform.generations.of(town.id)
    platform.tallies.flush()
    platform.generations.refresh()
    assert (views(database, town, topic), platform.generations.of(town.id)) == (3, before)


def test_a_page_that_leads_elsewhere_or_nowhere_is_no_view(app, browse, database, topic, town, url):
    platform = app.extensions[EXTENSION]
    guest = browse()
    wrong = [url + "-falsch", url.replace(f"/{topic.topic_id}-", f"/{topic.topic_id + 10_000}-")]
    assert [guest.get(address).status_code for address in wrong] == [301, 404]
    platform.tallies.flush()
    assert views(database, town, topic) == 0


def test_views_of_topics_that_are_gone_or_of_other_towns_are_nobodys(database, other_town, town, topic):
    with database.session(other_town.id) as session:
        seen.add(session, {topic.topic_id: 5, topic.topic_id + 10_000: 1})
        session.commit()
    assert views(database, town, topic) == 0
    with database.session(town.id) as session:
        seen.add(session, {topic.topic_id: 5, topic.topic_id + 10_000: 1})
        session.commit()
    assert views(database, town, topic) == 5
