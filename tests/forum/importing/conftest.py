"""Taking a dump over in one go, and what is there afterwards."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from baukasten_forum.importing import dumps, order, storing
from baukasten_forum.importing.staging import staging
from baukasten_forum.models import Post, Topic


@pytest.fixture
def take(session, forum, tmp_path):
    """Takes a dump over; gives the progress and the lines of the report."""

    def do(data, kind, *, files=None, batch=100, stop=0):
        path = data
        if isinstance(data, bytes):
            path = tmp_path / "dump.sql"
            path.write_bytes(data)
        origin, progress = dumps.ORIGINS[kind], None
        with staging() as made:
            origin.sort(made, path, files)
            order.finish(made)
            steps = storing.take_over(session, forum, made, origin, kind, batch=batch)
            for step, progress in enumerate(steps, 1):  # noqa: B007 - the last one counts
                if step == stop:
                    session.rollback()
                    break
            return SimpleNamespace(
                progress=progress, lines=list(made.report.lines()), found=made.report.found
            )

    return do


@pytest.fixture
def stored(session):
    """Gives the posts by their origin's names, fresh from the database."""

    def do():
        session.expire_all()
        query = select(Post, Topic).join(Topic, Topic.id == Post.topic_id).order_by(Topic.id, Post.number)
        return {post.external_id: (post, topic) for post, topic in session.execute(query)}

    return do
