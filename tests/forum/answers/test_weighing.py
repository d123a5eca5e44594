"""The weighing: prepared by staff, one page each, nothing of a colleague lost, seen by nobody else."""

import re

import pytest
from sqlalchemy import text

from baukasten.errors import Denied, Invalid, NotFound
from baukasten_forum import service
from baukasten_forum.answers import weighing
from baukasten_forum.answers.weighing import Weighed

BASE = "/beteiligung/torfhafen/forum/abwaegung"
WEIGHED = Weighed("Stufen gewünscht.", "Technisch möglich auf 26 Metern.", "partly")


@pytest.fixture
def more(session, forum, topic, ben):
    """A reply, and a second topic."""
    reply = service.reply(session, ben, forum, topic.topic_id, body="Mit Rampe.")
    other = service.open_topic(session, ben, forum, title="Bänke", body="Drei.")
    session.commit()
    return reply, other


def test_versions_keep_two_colleagues_apart(session, forum, topic, moderator):
    weighing.save(session, moderator, forum, topic.post_id, WEIGHED, version=0)
    session.commit()
    with pytest.raises(weighing.WeighingConflict) as refused:
        weighing.save(session, moderator, forum, topic.post_id, Weighed("Anders."), version=0)
    assert (refused.value.now.summary, refused.value.now.version) == ("Stufen gewünscht.", 1)
    weighing.save(session, moderator, forum, topic.post_id, Weighed("Neu.", "", "follow"), version=1)
    with pytest.raises(weighing.WeighingConflict):
        weighing.save(session, moderator, forum, topic.post_id, WEIGHED, version=1)
    row = weighing.find(session, forum, topic.post_id)
    assert (row.summary, row.statement, row.proposal, row.version) == ("Neu.", "", "follow", 2)


@pytest.mark.parametrize(
    ("weighed", "field"),
    [
        (Weighed(proposal="maybe"), "proposal"),
        (Weighed(summary="x" * 2001), "summary"),
        (Weighed(statement="x" * 10_001), "statement"),
    ],
)
def test_what_cannot_be_stored_is_said(session, forum, topic, moderator, weighed, field):
    with pytest.raises(Invalid) as refused:
        weighing.save(session, moderator, forum, topic.post_id, weighed, version=0)
    assert list(refused.value.errors) == [field]


def test_only_staff_and_only_what_is_in_view(session, forum, topic, anna, moderator):
    with pytest.raises(Denied):
        weighing.save(session, anna, forum, topic.post_id, WEIGHED, version=0)
    with pytest.raises(NotFound):
        weighing.save(session, moderator, forum, 999_999, WEIGHED, version=0)


def test_the_table_goes_through_all_with_its_progress(browse, session, forum, topic, more, moderator):
    reply, other = more
    staff = browse(moderator)
    page = staff.get(BASE).get_data(as_text=True)
    assert "0 von 2" in page
    assert re.findall(r'<th scope="row"><a href="([^"]*)"', page) == [
        f"{BASE}/{topic.post_id}", f"{BASE}/{other.post_id}",
    ]  # fmt: skip
    sent = {"summary": "S", "statement": "T", "proposal": "note"}
    answer = staff.send(f"{BASE}/{topic.post_id}", **sent, next="1")
    assert (answer.status_code, answer.location) == (303, f"{BASE}/{other.post_id}")
    found = staff.get(f"{BASE}/finden?nr=Nr. {topic.topic_id}/%23{reply.number}")
    assert (found.status_code, found.location) == (302, f"{BASE}/{reply.post_id}")
    assert staff.send(found.location, **sent).location == f"{BASE}#w-{reply.post_id}"
    assert "2 von 3" in staff.get(BASE).get_data(as_text=True)
    rest = staff.get(f"{BASE}?offen=1").get_data(as_text=True)
    assert re.findall(r'<th scope="row"><a href="([^"]*)"', rest) == [f"{BASE}/{other.post_id}"]
    for wrong in ("x", "1/999", "0/0", "9" * 30):
        assert staff.get(f"{BASE}/finden?nr={wrong}").status_code == 404
    for wrong in ("x", "1-99999999999", "1"):
        assert staff.get(f"{BASE}?nach={wrong}").status_code == 404


def test_a_conflict_shows_both(browse, session, forum, topic, moderator):
    staff = browse(moderator)
    url = f"{BASE}/{topic.post_id}"
    token = staff.token(url)
    weighing.save(session, moderator, forum, topic.post_id, WEIGHED, version=0)
    session.commit()
    mine = {"_token": token, "summary": "Meins", "statement": "", "proposal": "", "version": ""}
    answer = staff.post(url, data=mine)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Stufen gewünscht." in page
    assert "Meins" in page
    assert staff.post(url, data={**mine, "version": "1"}).status_code == 303


def test_pages_go_on_behind_a_key(session, forum, topic, more, monkeypatch):
    monkeypatch.setattr(weighing, "PAGE_SIZE", 1)
    rows, following = weighing.page(session, forum)
    assert ([row.id for row in rows], following) == ([topic.post_id], (topic.topic_id, 1))
    rows, following = weighing.page(session, forum, (topic.topic_id, 1))
    assert ([row.id for row in rows], following) == ([more[1].post_id], None)


@pytest.mark.parametrize("path", ["", "/{}", "/finden?nr=1/1"])
def test_nobody_else_sees_it(browse, topic, anna, path):
    url = BASE + path.format(topic.post_id)
    assert browse(anna).get(url).status_code == 403
    assert browse().get(url).status_code in (302, 303, 401)


def test_the_log_tells_proposals(session, forum, topic, moderator):
    weighing.save(session, moderator, forum, topic.post_id, WEIGHED, version=0)
    session.commit()
    facts = session.scalar(text("SELECT facts FROM audit_entry WHERE action = 'forum.weighing.propose'"))
    assert facts == {"proposal": "partly"}
