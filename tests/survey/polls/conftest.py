"""A topic of a forum under which polls stand, and people who vote."""

import pytest

from baukasten.plugin.refs import ContentRef
from baukasten.sdk import accompanied
from baukasten.web.platform import EXTENSION
from baukasten_forum import service as forum_service
from baukasten_survey.polls import service
from baukasten_survey.polls.service import Wanted
from tests.forum.conftest import open_forum

LIST = "/beteiligung/torfhafen/forum/"
STEPS = Wanted("Welche Treppe?", ["Holz", "Stein", "Keine"])


@pytest.fixture
def forum(database, town):
    return open_forum(database, town)


@pytest.fixture
def anna(new_member):
    return new_member(name="Anna Berg")


@pytest.fixture
def ben(new_member):
    return new_member(name="Ben Uhl")


@pytest.fixture
def topic(session, forum, anna):
    written = forum_service.open_topic(session, anna, forum, title="Treppe ins Wasser", body="Breite Stufen.")
    session.commit()
    return written


@pytest.fixture
def ref(topic):
    return ContentRef("forum.post", topic.post_id)


@pytest.fixture
def add(session, anna, ref):
    """Add a poll to the topic, as Anna who wrote it."""

    def do(wanted=STEPS, actor=anna, at=ref):
        number = service.add(session, actor, accompanied(session, actor, at), wanted)
        session.commit()
        return number

    return do


@pytest.fixture
def browse(client_of, town, sign_in):
    """A browser, of a guest or of a member."""

    def make(member=None):
        client = client_of(town)
        if member is not None:
            sign_in(client, member)
        return client

    return make


@pytest.fixture
def read(app, browse, topic):
    """The page of the topic, or of another one, as a guest or a member reads it now."""

    def do(member=None, at=topic):
        app.extensions[EXTENSION].generations.refresh()
        return browse(member).get(path(at)).text

    return do


def path(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def own(number):
    return f"/survey/abstimmung/{number}"
