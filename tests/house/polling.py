"""Polls at a topic in view and at one out of view, every text of them marked, for tests that look for leaks."""

from baukasten.moderation.kinds import find
from baukasten.plugin.refs import ContentRef
from baukasten_survey.polls import service
from baukasten_survey.polls.service import Wanted
from tests.house.talking import UNSEEN


def poll(session, author, topic, hidden, marker):
    """Add a poll to each of two topics; gives the arguments of its routes."""
    number = _add(session, author, topic, marker)
    _add(session, author, hidden, f"{UNSEEN}{marker}")
    return {"poll_id": str(number)}


def _add(session, author, topic, words):
    host = find(session, ContentRef("forum.post", topic.post_id))
    wanted = Wanted(f"Abstimmung {words}", [f"Dafür {words}", f"Dagegen {words}"])
    return service.add(session, author, host, wanted)
