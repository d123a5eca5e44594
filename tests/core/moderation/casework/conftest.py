"""A reported topic with its case, a second moderator, and the desk as a browser sees it."""

import pytest

from baukasten.moderation import service
from baukasten.moderation.models import CaseCause
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import ContentRef, Role
from baukasten.tenants import settings
from baukasten_forum.writing import editing

DESK = "/verwaltung/moderation"
WHY = {"rule": "respect", "facts": "Der zweite Satz greift eine Person an."}


@pytest.fixture
def ref(topic):
    return ContentRef("forum.post", topic.post_id)


@pytest.fixture
def case_id(session, ref):
    reports.file(
        session, None, service.find(session, ref), reason="respect", explanation="Bitte Zeile 2 lesen"
    )
    found = service.open_case(session, ref, CaseCause.REPORTED)
    session.commit()
    return found


@pytest.fixture
def second(new_member):
    return new_member(Role.MODERATOR, name="Tjark")


@pytest.fixture
def desk(client_of, town, sign_in):
    """Gives a browser at the town, signed in as somebody."""

    def do(member):
        client = client_of(town)
        sign_in(client, member)
        return client

    return do


@pytest.fixture
def stranger(client_of, other_town, new_member, sign_in):
    """A moderator of another town in front of that town's desk."""
    client = client_of(other_town)
    sign_in(client, new_member(Role.MODERATOR, name="Fern", where=other_town), other_town)
    return client


@pytest.fixture
def rewrite(session, anna, forum, topic):
    """Lets Anna change what she wrote."""

    def do(body):
        now = editing.editable(session, anna, forum, topic.topic_id, 1)
        change = editing.Change(body, now.title, version=now.version)
        editing.edit(session, anna, forum, topic.topic_id, 1, change)
        session.commit()

    return do


@pytest.fixture
def two(database, town):
    """The town lets two people hide and suspend."""
    with database.session(town.id) as session:
        settings.write(session, "moderation.desk", {"second_pair": ["hide", "suspend"]})
        session.commit()
