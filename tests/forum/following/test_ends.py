"""Support ends with the phase that opens it: on the page, and for those who press late."""

import dataclasses

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.errors import Closed
from baukasten_forum.following import reactions
from baukasten_forum.keys import ReactionKind
from tests.forum.conftest import DAY, first

LIST = "/beteiligung/torfhafen/forum/"


@pytest.fixture
def everything(session, forum):
    """Everything can be supported here."""
    session.execute(
        text('UPDATE module SET settings = settings || \'{"support": "all"}\' WHERE id = :id'),
        {"id": forum.id},
    )
    session.commit()
    return dataclasses.replace(forum, settings={**forum.settings, "support": "all"})


def test_after_the_end_there_is_nothing_to_press(browse, noon, everything, topic, ben):
    client, url = browse(ben), f"{LIST}{topic.topic_id}/1/reaktion"
    page_url = f"{LIST}{topic.topic_id}-{topic.slug}"
    page = client.get(page_url).get_data(as_text=True)
    assert url in page
    token = first(r'name="_token" value="([^"]+)"', page)
    with clock.turned(noon + 12 * DAY):
        assert url not in client.get(page_url).get_data(as_text=True)
        late = client.post(url, data={"_token": token, "support": "1"})
    assert late.status_code == 403


def test_when_the_phase_is_over_nothing_counts_any_more(session, noon, everything, topic, ben):
    with clock.turned(noon + 12 * DAY), pytest.raises(Closed):
        reactions.react(session, ben, everything, topic.topic_id, 1, ReactionKind.SUPPORT, pressed=True)
    assert session.scalar(text("SELECT supports FROM forum_topic")) == 0
