"""Taking a dump over in one go or as an operator does, and what is there afterwards."""

import os
import subprocess
import sys
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


@pytest.fixture
def command(database_urls, town, tmp_path):
    """Starts the import of a file as an operator does, in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "BAUKASTEN_DATA": str(tmp_path / "data"),
        "BAUKASTEN_DATABASE_URL": database_urls.app,
        "BAUKASTEN_OPERATOR_DATABASE_URL": database_urls.operator,
        "PYTHONWARNINGS": "error",
    }

    def start(path, *options, place="torfhafen/forum", slug=town.slug):
        words = [sys.executable, "-m", "baukasten", "forum", "import", slug, place, str(path), *options]
        return subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
        )

    return start
