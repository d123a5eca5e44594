"""How often topics were seen, added up from what the processes counted."""

from collections.abc import Mapping

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from baukasten.plugin import Tally
from baukasten_forum.listing import TOPIC

KEY = "forum.topic"
# One row at a time, in the order of the ids that the contract promises: no two processes wait for each other.
ADD = update(TOPIC).where(TOPIC.c.id == bindparam("topic")).values(views=TOPIC.c.views + bindparam("times"))


def add(session: Session, views: Mapping[int, int]) -> None:
    """Add to topics how often they were seen; one that is gone meanwhile is no error."""
    session.execute(ADD, [{"topic": topic, "times": times} for topic, times in views.items()])


TALLIES = [Tally(KEY, add)]
