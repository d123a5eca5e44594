"""The queue is open to those who moderate."""

import pytest

from baukasten.plugin.refs import Role
from tests.house.towns import token_of

QUEUE = "/verwaltung/moderation/"


@pytest.fixture
def path(topic):
    return f"/meldung/forum.post:{topic.post_id}"


def send(client, path, **values):
    return client.post(path, data={"_token": token_of(client.get(path).text), **values})


@pytest.mark.parametrize(("roles", "status"), [((), 403), ((Role.MODERATOR,), 200), ((Role.ADMIN,), 200)])
def test_the_queue_is_for_those_who_moderate(client, path, new_member, sign_in, roles, status):
    send(client, path, reason="spam")
    sign_in(client, new_member(*roles))
    page = client.get(QUEUE)
    assert page.status_code == status
    assert ("Treppe" in page.text) == (status == 200)
