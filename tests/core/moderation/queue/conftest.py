"""Cases by the dozen, made as bulk work would: posts straight into the tables, cases by the service."""

import datetime as dt

import pytest
from sqlalchemy import insert, update

from baukasten import clock
from baukasten.moderation.cases import open_case
from baukasten.moderation.models import Case, CaseCause
from baukasten.plugin.refs import ContentRef, Visibility
from baukasten_forum.models import Post


@pytest.fixture
def cases(session, town, topic, anna):
    """Make cases about fresh posts: ``cases(3)`` waits for publication, ``cases(3, held=False)`` is reported."""

    def make(count, *, held=True, **values):
        seen = Visibility.HELD if held else Visibility.PUBLISHED
        made = []
        for number in range(count):
            # A post in view has a number, and the topic knows it.
            place = None if held else 1_000 + number + int(clock.now().timestamp() * 1_000) % 1_000_000_000
            post = insert(Post).values(
                tenant_id=town.id,
                topic_id=topic.topic_id,
                number=place,
                author_id=anna.id,
                body=f"Satz {number}",
                body_html=f"<p>Satz {number}</p>",
                sanitiser_version=1,
                visibility=seen.value,
                created_at=clock.now(),
            )
            post_id = session.execute(post.returning(Post.id)).scalar_one()
            cause = CaseCause.HELD if held else CaseCause.REPORTED
            made.append(open_case(session, ContentRef("forum.post", post_id), cause))
        if values:
            session.execute(update(Case).where(Case.id.in_(made)).values(**values))
        session.commit()
        return made

    return make


@pytest.fixture
def hours_ago():
    """Give a moment some hours before now."""
    return lambda hours: clock.now() - dt.timedelta(hours=hours)
