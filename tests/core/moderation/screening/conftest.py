"""Drafts as a plugin hands them in, and a town's wishes."""

import itertools

import pytest

from baukasten.moderation import service
from baukasten.plugin.refs import Draft
from baukasten.tenants import settings
from baukasten.web.guard import PROOF, SIGNALS
from baukasten_forum import service as forum_service

_numbers = itertools.count(1)
LONG = "Am alten Hafen fehlt eine breite Treppe, die bis hinunter an das Wasser führt."


@pytest.fixture
def wish(database, town):
    """Changes what the town asks of contributions; the rest are the platform's own defaults."""

    def do(**values):
        with database.session(town.id) as session:
            defaults = {"least_seconds": 3, "proof_of_work": True, "per_ten_minutes": 20, "per_day": 100}
            settings.write(session, "moderation.screening", {**defaults, **values})
            session.commit()

    return do


@pytest.fixture
def told(session):
    """Says what the form told about who filled it in."""

    def do(signals=None, proof=""):
        session.info.pop(SIGNALS, None)
        session.info.pop(PROOF, None)
        if signals is not None:
            session.info[SIGNALS] = signals
            session.info[PROOF] = proof

    return do


@pytest.fixture
def screened(session, forum):
    """Screens a text and gives ruling and code."""

    def do(author, body=LONG, **facts):
        verdict = service.screen(session, Draft("forum.post", body, author=author, module=forum, **facts))
        return verdict.ruling.value, verdict.code

    return do


@pytest.fixture
def write(session, forum):
    """Writes a topic as a member of its own; gives where it is."""

    def do(author, body=""):
        number = next(_numbers)
        text = body or f"Vorschlag {number}"
        return forum_service.open_topic(session, author, forum, title=f"Thema {number}", body=text)

    return do
