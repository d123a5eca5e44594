"""The corpus is what it says: topics, posts and counters that a recount finds no fault with, and pages that show it."""

import dataclasses
import itertools
import re

import pytest
from sqlalchemy import func, select

from baukasten.web.platform import EXTENSION
from baukasten_forum import recount
from baukasten_forum.models import Category, Post, Topic
from bench.corpus import POSTS, Size, fill
from bench.german import Writer
from bench.ground import Ground, open_place

SIZE = Size(topics=12, large=70, huge=160, texts=40)
_numbers = itertools.count(1)


@pytest.fixture
def place(base):
    return open_place(base, next(_numbers))


@pytest.fixture
def base(base_config, database_urls, database):
    return Ground(dataclasses.replace(base_config, database=database_urls), database_urls, database)


def test_texts_differ_and_come_again_from_the_same_seed():
    first, second = Writer(3), Writer(3)
    bodies = [first.body() for _each in range(200)]
    assert bodies == [second.body() for _each in range(200)]
    assert len(set(bodies)) == 200
    assert 400 < sum(map(len, bodies)) / 200 < 900
    assert [body for body in bodies if "{" in body or "}" in body] == []


def test_the_forum_holds_what_was_asked_for_and_counts_right(base, place, database):
    corpus = fill(base, place, SIZE)
    with database.session(place.id) as session:
        numbers = session.execute(
            select(Post.topic_id, func.count(), func.min(Post.number), func.max(Post.number)).group_by(
                Post.topic_id
            )
        ).all()
        assert sorted(row[1:] for row in numbers) == [(POSTS, 1, POSTS)] * 12 + [(70, 1, 70), (160, 1, 160)]
        assert session.scalar(select(func.count()).select_from(Category)) == 10
        assert session.scalar(select(func.count()).where(Topic.answers > 0)) > 0
        assert session.scalar(select(func.count()).where(Topic.author_id != Topic.last_author_id)) > 0
        latest = session.scalars(select(Topic.id).order_by(Topic.last_post_at.desc())).all()
        assert latest == [topic.id for topic in (*corpus.usual, corpus.large, corpus.huge)]
        opened = select(func.count()).where(Post.topic_id == Topic.id, Post.number == 1)
        assert session.scalar(opened.where(Post.author_id == Topic.author_id)) == len(numbers)
        assert recount.everything(session) == 0


def test_its_pages_are_shown(app, base, place, client_of):
    corpus = fill(base, place, SIZE)
    app.extensions[EXTENSION].generations.refresh()
    client = client_of(place)
    paths = [place.path, corpus.usual[0].path, corpus.large.path, f"{corpus.huge.path}?nach=150"]
    pages = [client.get(path) for path in paths]
    assert [page.status_code for page in pages] == [200] * 4
    shown = [len(re.findall(r'id="post-\d+"', page.text)) for page in pages]
    assert shown == [0, POSTS, POSTS, 10]
