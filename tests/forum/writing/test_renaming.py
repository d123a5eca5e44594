"""A new name follows into quotations and calls, and into nothing else."""

import pytest
from sqlalchemy import select

from baukasten.access import members
from baukasten.plugin.events import MemberRenamed
from baukasten_forum import service
from baukasten_forum.models import Mention, Post
from baukasten_forum.writing import renaming


@pytest.fixture
def rename(session):
    """Gives a member another name, as the outbox would tell of it."""

    def do(member, name):
        members.get(session, member.id).display_name = name
        session.flush()
        for _ in range(2):
            renaming.hear(session, MemberRenamed(session.tenant_id, member.id))
        session.expire_all()

    return do


def texts(session, post_id):
    return session.execute(select(Post.body, Post.body_html).where(Post.id == post_id)).one()


def test_a_quotation_names_its_source_anew(session, forum, topic, anna, ben, rename):
    other = service.open_topic(session, ben, forum, title="Bänke", body="Viele")
    quoting = (
        f"> [#1](post:{topic.post_id})\n> Breite\n\n> [#1](post:{other.post_id})\n> Viele\n\nJa, Anna Torf."
    )
    reply = service.reply(session, ben, forum, topic.topic_id, body=quoting)
    rename(anna, "Anna & Söhne")
    body, html = texts(session, reply.post_id)
    assert body == quoting
    assert html.count(">Anna &amp; Söhne</a>") == html.count(">Ben Hafen</a>") == 1
    # What others say about somebody in their own words is theirs.
    assert "Ja, Anna Torf." in html


@pytest.mark.parametrize("name", ["Anna & Söhne", "Anna O'Torf", "Änne-Marie", "Mitglied 7"])
def test_calls_follow_there_and_back(session, forum, topic, anna, ben, rename, name):
    reply = service.reply(
        session, ben, forum, topic.topic_id, body="@Anna Torf, meinen Sie @anna torf? @Annalena"
    )
    before = texts(session, reply.post_id)
    rename(anna, name)
    body, html = texts(session, reply.post_id)
    assert body == f"@{name}, meinen Sie @{name}? @Annalena"
    assert "Anna Torf" not in html
    assert session.scalars(select(Mention.name)).all() == [name]
    rename(anna, "Anna Torf")
    body, html = texts(session, reply.post_id)
    assert (body.lower(), html.lower()) == (before.body.lower(), before.body_html.lower())


def test_who_is_called_by_a_longer_name_keeps_it(session, forum, topic, anna, ben, new_member, rename):
    short = new_member(name="Anna")
    service.reply(session, short, forum, topic.topic_id, body="Ich auch.")
    reply = service.reply(session, ben, forum, topic.topic_id, body="@Anna und @Anna Torf")
    rename(short, "Mitglied 3")
    body, html = texts(session, reply.post_id)
    assert body == "@Mitglied 3 und @Anna Torf"
    assert "<mark>@Anna Torf</mark>" in html


def test_somebody_who_left_is_named_nowhere(session, forum, topic, anna, ben, rename):
    reply = service.reply(session, ben, forum, topic.topic_id, body="@Anna Torf")
    before = texts(session, reply.post_id)
    rename(anna, "")
    assert texts(session, reply.post_id) == before


def test_names_of_other_towns_stay(database, session, forum, topic, anna, ben, other_town):
    reply = service.reply(session, ben, forum, topic.topic_id, body="@Anna Torf")
    session.commit()
    before = texts(session, reply.post_id)
    with database.session(other_town.id) as other:
        renaming.hear(other, MemberRenamed(other_town.id, anna.id))
        other.commit()
    session.expire_all()
    assert texts(session, reply.post_id) == before
