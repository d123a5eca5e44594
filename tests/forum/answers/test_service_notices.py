"""Who hears of an answer of the town: the author, those who support it, those who follow."""

from sqlalchemy import text

from baukasten.plugin import Outcome
from baukasten_forum import service
from baukasten_forum.answers import service as answers
from baukasten_forum.answers.service import Facts
from baukasten_forum.following import notices
from baukasten_forum.keys import Level, ReactionKind
from baukasten_forum.readers import Follow, Reaction


def test_an_answer_reaches_author_supporters_and_followers(
    session, forum, topic, anna, ben, moderator, new_member
):
    fan, follower = new_member(name="Fiete Fan"), new_member(name="Folke Folgt")
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.add(Reaction(post_id=topic.post_id, member_id=fan.id, kind=ReactionKind.SUPPORT))
    session.add(
        Follow(member_id=follower.id, module_id=forum.id, topic_id=topic.topic_id, level=Level.FOLLOW)
    )
    session.commit()
    session.execute(text("DELETE FROM notice"))
    written = answers.answer(
        session, moderator, forum, (topic.topic_id, 1), body="Ja, gern.", facts=Facts("Amt", Outcome.ADOPTED)
    )
    notices.tell(session, post_id=written.post_id)
    session.commit()
    rows = session.execute(text("SELECT member_id, type FROM notice")).all()
    assert {tuple(row) for row in rows} == {(member.id, "forum.answer") for member in (anna, fan, follower)}
