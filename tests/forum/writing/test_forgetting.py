"""Nobody's name stays behind in what others wrote once they have left."""

from sqlalchemy import select, text

from baukasten.privacy import erase
from baukasten_forum import service
from baukasten_forum.models import Post
from baukasten_forum.writing import drafts, editing
from baukasten_forum.writing.editing import Change

TABLES = ("post", "topic", "revision", "wording", "mention", "draft")


def everything(session):
    """All that any table of the forum says."""
    return "".join(str(session.execute(text(f"SELECT * FROM forum_{name}")).all()) for name in TABLES)  # noqa: S608


def test_quotations_and_calls_lose_the_name_and_keep_their_words(
    session, forum, topic, new_member, anna, ben
):
    leaving = new_member(name="Ö <i> & Söhne")
    kept = new_member(name="Ö <i> & Söhnelein")
    base = "/beteiligung/torfhafen/forum/"
    own = service.reply(session, leaving, forum, topic.topic_id, body="Mein Satz.")
    service.reply(session, kept, forum, topic.topic_id, body="Und meiner.")
    body = f"> [#2](post:{own.post_id})\n> Mein Satz.\n\n> [#1](post:{topic.post_id})\n> Stufen\n\n"
    quoting = service.reply(
        session, ben, forum, topic.topic_id, body=body + "@ö <i> & söhne! @Ö <i> & Söhnelein, @Anna Torf"
    )
    assert quoting.number is not None
    service.reply(session, anna, forum, topic.topic_id, body="Ja.")
    change = Change(body + "@Ö <i> & Söhne: nein. @Anna Torf")
    editing.edit(session, ben, forum, topic.topic_id, quoting.number, change)
    drafts.save(session, ben, forum, f"edit:{quoting.post_id}", body="@Ö <i> & Söhne doch", version=0)
    erase.erase_member(session, member_id=leaving.id)
    session.commit()
    found = session.execute(select(Post.body, Post.body_html).where(Post.id == quoting.post_id)).one()
    assert found.body == body + "@…: nein. @Anna Torf"
    assert f'{base}beitrag/{own.post_id}" rel="nofollow ugc noopener">#2</a></cite>' in found.body_html
    assert (
        f'{base}beitrag/{topic.post_id}" rel="nofollow ugc noopener">Anna Torf</a></cite>' in found.body_html
    )
    assert "<mark>@…</mark>: nein. <mark>@Anna Torf</mark>" in found.body_html
    left = everything(session)
    assert "Söhne:" not in left
    assert "söhne!" not in left
    assert "Söhne doch" not in left
    assert left.count("Söhnelein") == 1
    assert "Mein Satz." in left


def test_who_was_never_named_leaves_other_texts_alone(session, forum, topic, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern, @Ben Hafen.")
    before = session.scalars(select(Post.body_html).order_by(Post.id)).all()
    erase.erase_member(session, member_id=ben.id)
    assert session.scalars(select(Post.body_html).order_by(Post.id)).all() == before
