"""What the page of a project tells about its forums."""

import pytest

from baukasten import clock
from baukasten.plugin import Outcome
from baukasten.plugin.declarations import ActivityItem, Stat
from baukasten.plugin.refs import Role
from baukasten.web import i18n
from baukasten_forum import facts, judging, service
from baukasten_forum.answers import service as answers
from tests.forum.conftest import DAY


@pytest.fixture(autouse=True)
def english():
    """The texts as they stand in the code."""
    with i18n.speaking(i18n.translator("en")):
        yield


def test_the_door_counts_what_is_there_to_read(session, forum, topic, ben):
    assert facts.door(session, forum).action == "Read 1 contribution"
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    assert facts.door(session, forum).action == "Read 2 contributions"
    assert facts.door(session, forum).invite == "Bring in an idea"
    judging.hide(session, topic.post_id)
    emptied = facts.door(session, forum)
    assert (emptied.action, emptied.invite) == ("", "Write the first contribution")


def test_the_project_page_shows_the_door(browse, forum, topic):
    page = browse().get("/beteiligung/torfhafen/").get_data(as_text=True)
    assert "Idee einbringen" in page
    assert 'href="/beteiligung/torfhafen/forum/"' in page


def test_the_latest_topics_and_the_numbers(session, noon, forum, topic, anna, ben):
    with clock.turned(noon + DAY):
        second = service.open_topic(session, anna, forum, title="Kran", body="Drehen")
    with clock.turned(noon + 2 * DAY):
        service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    base = "/beteiligung/torfhafen/forum/"
    expected = [
        ActivityItem("Treppe ins Wasser", f"{base}{topic.topic_id}-{topic.slug}", noon + 2 * DAY, "reply"),
        ActivityItem("Kran", f"{base}{second.topic_id}-kran", noon + DAY, "topic"),
    ]
    assert facts.activity(session, forum.project, noon, 5) == expected
    assert facts.activity(session, forum.project, noon, 1) == expected[:1]
    assert facts.activity(session, forum.project, noon + 3 * DAY, 5) == []
    assert facts.stats(session, forum.project) == [
        Stat("forum.contributions", "Contributions", 3),
        Stat("forum.replies", "Replies", 1),
        Stat("forum.answered", "Answered by the town", 0),
    ]
    judging.hide(session, second.post_id)
    assert [one.value for one in facts.stats(session, forum.project)] == [2, 1, 0]


def test_what_the_town_answered_is_told(session, forum, topic, ben, new_member):
    moderator = new_member(Role.MODERATOR, name="Mo Deich")
    facts_of_it = answers.Facts("Bauamt", Outcome.ADOPTED)
    answers.answer(session, moderator, forum, (topic.topic_id, 1), body="Ja.", facts=facts_of_it)
    session.flush()
    assert [one.value for one in facts.stats(session, forum.project)] == [2, 1, 1]
    assert facts.door(session, forum).line.endswith("The town answered 1.")
