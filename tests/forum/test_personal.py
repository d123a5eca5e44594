"""Everything about a person is given to them, and erasing them leaves the discussion."""

import re

from sqlalchemy import text

from baukasten.privacy import erase
from baukasten_forum import personal, service


def test_a_member_gets_all_they_wrote(session, forum, topic, anna, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    (row,) = personal.export(session, ben.id)
    assert (row["title"], row["number"], row["body"], row["visibility"]) == (
        "Treppe ins Wasser", 2, "Gern.", "published",
    )  # fmt: skip
    assert [one["number"] for one in personal.export(session, anna.id)] == [1]


def test_erasing_leaves_the_discussion_and_no_trace(session, forum, topic, anna, ben, browse):
    service.reply(session, anna, forum, topic.topic_id, body="Mehr davon.", nonce="mine")
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    service.reply(session, anna, forum, topic.topic_id, body="Danke.")
    assert personal.erase(session, anna.id) == 5
    assert personal.erase(session, anna.id) == 0
    session.commit()
    page = browse().get(f"/beteiligung/torfhafen/forum/{topic.topic_id}-{topic.slug}").get_data(as_text=True)
    assert "Anna" not in page
    assert len(re.findall(r"Ehemaliges Mitglied(?:</h2>|<span)", page)) == 3
    assert "Mehr davon." in page
    assert "von ehemaligem Mitglied" in browse().get("/beteiligung/torfhafen/forum/").get_data(as_text=True)
    left = session.execute(
        text("SELECT count(*) FROM forum_post WHERE nonce IS NOT NULL OR author_id = :a"), {"a": anna.id}
    )
    assert left.scalar() == 0


def test_a_closed_account_takes_the_membership_too(session, forum, topic, anna):
    erase.erase_member(session, member_id=anna.id)
    session.commit()
    found = session.execute(text("SELECT author_id, last_author_id FROM forum_topic")).one()
    assert tuple(found) == (None, None)
