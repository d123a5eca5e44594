"""The queue's pages: what stands on them, what they ask of the database, what a click does."""

import datetime as dt

import pytest
from sqlalchemy import Engine, event, select

from baukasten import clock
from baukasten.moderation import deciding
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.plugin.refs import Role
from tests.house.towns import token_of

QUEUE = "/verwaltung/moderation/"
MANY = f"{QUEUE}entscheiden"


@pytest.fixture
def desk(client, sign_in, moderator):
    """Give a moderator's browser that reads English."""
    sign_in(client, moderator)
    return client


def statements(client, path):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return seen


def test_the_number_of_statements_does_not_grow_with_the_queue(desk, cases):
    cases(2)
    desk.get(QUEUE)
    few = statements(desk, QUEUE)
    cases(40, held=False)
    desk.get(QUEUE)
    many = statements(desk, QUEUE)
    for s in many: print(' '.join(s.split())[:150])
    assert len(many) == len(few)
    assert len(many) <= 6
