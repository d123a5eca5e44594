"""Where posts left a topic, its page says how many and where they are."""

import re

from baukasten_forum import service
from baukasten_forum.staff import joining, undoing

BASE = "/beteiligung/torfhafen/forum"


def notices(browse, topic):
    page = browse().get(f"{BASE}/{topic.topic_id}-{topic.slug}").get_data(as_text=True)
    found = re.findall(r'<p>(\d+ Beitr[^<]*)<a href="([^"]+)">([^<]+)</a>', page)
    return [(words.strip(), url, title) for words, url, title in found]


def test_a_page_says_where_posts_went(browse, session, forum, topic, ben, moderator):
    for number in range(2, 8):
        service.reply(session, ben, forum, topic.topic_id, body=f"Antwort {number}")
    first, _done = joining.split(session, moderator, forum, topic.topic_id, {3, 4}, title="Licht")
    second, operation = joining.split(session, moderator, forum, topic.topic_id, {7}, title="Lärm")
    session.commit()
    assert notices(browse, topic) == [
        ("2 Beiträge (#3–#4) stehen jetzt unter", f"{BASE}/{first}-licht", "Licht"),
        ("1 Beitrag (#7) steht jetzt unter", f"{BASE}/{second}-laerm", "Lärm"),
    ]
    undoing.undo(session, moderator, forum, operation)
    session.commit()
    assert [title for _words, _url, title in notices(browse, topic)] == ["Licht"]


def test_a_page_without_gaps_asks_nothing(browse, session, forum, topic, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Antwort")
    session.commit()
    assert notices(browse, topic) == []
