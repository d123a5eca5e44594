"""Atom feeds: valid after RFC 4287, with what everybody sees and nothing else."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text, update

from baukasten.web.platform import EXTENSION
from baukasten_forum import judging, service
from baukasten_forum.models import Post
from baukasten_forum.staff import joining

ATOM = "{http://www.w3.org/2005/Atom}"
LIST = "/beteiligung/torfhafen/forum/"
ONE, MANY = (1, 1), (0, 10**6)
FEED = {"id": ONE, "title": ONE, "updated": ONE, "subtitle": (0, 1), "link": (2, 2), "entry": MANY}
ENTRY = {
    "id": ONE,
    "title": ONE,
    "updated": ONE,
    "published": ONE,
    "link": ONE,
    "author": ONE,
    "content": ONE,
}


def check(element, allowed):
    """Every child is allowed, as often as RFC 4287 says."""
    found = [child.tag.removeprefix(ATOM) for child in element]
    assert set(found) <= set(allowed)
    for name, (least, most) in allowed.items():
        assert least <= found.count(name) <= most, name


def validated(answer, self_path):
    """A feed that keeps the rules of RFC 4287, as an element."""
    assert (answer.status_code, answer.content_type) == (200, "application/atom+xml; charset=utf-8")
    assert "Set-Cookie" not in answer.headers
    feed = ET.fromstring(answer.get_data())  # noqa: S314 - our own answer
    assert feed.tag == f"{ATOM}feed"
    check(feed, FEED)
    links = {link.get("rel"): link for link in feed.findall(f"{ATOM}link")}
    assert str(links["self"].get("href")).endswith(self_path)
    assert links["self"].get("type") == "application/atom+xml"
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    for entry in feed.iter(f"{ATOM}entry"):
        check(entry, ENTRY)
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        assert [one.get("type") for one in entry.findall(f"{ATOM}content")] == ["html"]
    for address in [
        *ids,
        feed.findtext(f"{ATOM}id"),
        *(link.get("href") for link in feed.iter(f"{ATOM}link")),
    ]:
        assert re.fullmatch(r"https://[^\s]+", str(address))
    for moment in [*feed.iter(f"{ATOM}updated"), *feed.iter(f"{ATOM}published")]:
        assert dt.datetime.fromisoformat(str(moment.text)).tzinfo is not None
    return feed


def titles(feed):
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def test_a_forums_feed_has_the_newest_topics(browse, session, forum, topic, anna, ben):
    service.open_topic(session, anna, forum, title="Kran & Möwe <b>", body="Zwei < drei ]]> **fett**")
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.commit()
    feed = validated(browse().get(f"{LIST}feed"), f"{LIST}feed")
    assert feed.findtext(f"{ATOM}title") == "Ideen-Forum"
    assert titles(feed) == ["Kran & Möwe <b>", "Treppe ins Wasser"]
    first = feed.find(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}content") == "<p>Zwei &lt; drei ]]&gt; <strong>fett</strong></p>\n"
    assert first.findtext(f"{ATOM}author/{ATOM}name") == "Anna Torf"


def test_a_topics_feed_has_its_newest_posts(browse, session, town, forum, topic, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Sehr gern. Und bald.")
    session.commit()
    path = f"{LIST}{topic.topic_id}/feed"
    feed = validated(browse().get(path), path)
    assert titles(feed) == ["#2: Sehr gern", "Treppe ins Wasser"]
    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"https://{town.host}{LIST}beitrag/{reply.post_id}"
    assert entry.find(f"{ATOM}link").get("href") == f"https://{town.host}{LIST}{topic.topic_id}/2"


def test_a_categorys_feed_has_its_topics_alone(browse, session, forum, topic, anna):
    category = session.scalar(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title, description) "
            "VALUES (:tenant, :module, 'ufer', 'Ufer', 'Am Wasser') RETURNING id"
        ),
        {"tenant": session.tenant_id, "module": forum.id},
    )
    service.open_topic(session, anna, forum, title="Am Ufer", body="Dort.", category_id=category)
    session.commit()
    path = f"{LIST}kategorie/ufer/feed"
    feed = validated(browse().get(path), path)
    assert (titles(feed), feed.findtext(f"{ATOM}subtitle")) == (["Am Ufer"], "Am Wasser")
    assert browse().get(f"{LIST}kategorie/fehlt/feed").status_code == 404


def test_an_empty_feed_is_valid(browse, forum):
    assert titles(validated(browse().get(f"{LIST}feed"), f"{LIST}feed")) == []


def test_what_is_hidden_leaves_the_feeds(browse, session, forum, topic, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Weg damit.")
    session.commit()
    own = f"{LIST}{topic.topic_id}/feed"
    assert len(titles(validated(browse().get(own), own))) == 2
    judging.hide(session, reply.post_id)
    session.commit()
    assert titles(validated(browse().get(own), own)) == ["Treppe ins Wasser"]
    judging.hide(session, topic.post_id)
    session.commit()
    assert titles(validated(browse().get(f"{LIST}feed"), f"{LIST}feed")) == []
    assert browse().get(own).status_code == 404


def test_the_feed_of_a_joined_topic_leads_to_the_feed_of_the_other(
    browse, session, forum, topic, ben, moderator
):
    other = service.open_topic(session, ben, forum, title="Stufen am Kai", body="Aus Stein.")
    joining.merge(session, moderator, forum, other.topic_id, topic.topic_id)
    session.commit()
    answer = browse().get(f"{LIST}{other.topic_id}/feed")
    assert (answer.status_code, answer.location) == (301, f"{LIST}{topic.topic_id}/feed")
    assert len(titles(validated(browse().get(answer.location), answer.location))) == 2


def test_an_edit_moves_updated_and_keeps_the_name(browse, session, forum, topic):
    def entry():
        return validated(browse().get(f"{LIST}feed"), f"{LIST}feed").find(f"{ATOM}entry")

    before = entry()
    session.execute(update(Post).values(edited_at=Post.created_at + dt.timedelta(hours=1)))
    session.commit()
    after = entry()
    assert after.findtext(f"{ATOM}id") == before.findtext(f"{ATOM}id")
    assert after.findtext(f"{ATOM}updated") > before.findtext(f"{ATOM}updated")
    assert after.findtext(f"{ATOM}published") == before.findtext(f"{ATOM}published")


def test_signs_that_xml_has_no_place_for_are_left_out(browse, session, forum, topic):
    session.execute(text("UPDATE forum_topic SET title = 'Vor' || chr(11) || 'ne' || chr(65535)"))
    session.commit()
    assert titles(validated(browse().get(f"{LIST}feed"), f"{LIST}feed")) == ["Vorne"]


def test_an_erased_author_leaves_no_name(browse, session, forum, topic):
    session.execute(text("UPDATE forum_post SET author_id = NULL"))
    session.commit()
    feed = validated(browse().get(f"{LIST}feed"), f"{LIST}feed")
    assert feed.findtext(f"{ATOM}entry/{ATOM}author/{ATOM}name") == "Ehemaliges Mitglied"


@pytest.mark.parametrize(("path", "count"), [("feed", 2), ("{topic}/feed", 3)])
def test_a_feed_has_few_statements_and_none_once_kept(app, browse, forum, topic, statements, path, count):
    url = LIST + path.format(topic=topic.topic_id)
    app.extensions[EXTENSION].generations.refresh()
    browse().get(f"{url}?warm=1")
    with statements() as asked:
        answer = browse().get(url)
    assert len(asked) == count
    with statements() as again:
        kept = browse().get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (kept.status_code, again) == (304, [])


@pytest.mark.parametrize("path", ["99999999/feed", "9223372036854775808/feed", "kategorie/%00/feed"])
def test_feeds_of_nothing_do_not_exist(browse, forum, path):
    assert browse().get(LIST + path).status_code == 404
