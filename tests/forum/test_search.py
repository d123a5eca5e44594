"""What the search knows of the forum, and what it must not know."""

from baukasten.search import index, query
from baukasten_forum import judging, search, service


def test_visible_posts_are_documents_under_their_topics_title(session, forum, topic, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Mit *Rampe*, bitte.")
    documents = list(search.stream(session))
    base = f"/beteiligung/torfhafen/forum/{topic.topic_id}"
    assert [(one.id, one.title, one.body, one.path, one.module_id) for one in documents] == [
        (topic.post_id, "Treppe ins Wasser", "Breite Stufen.", f"{base}-treppe-ins-wasser", forum.id),
        (reply.post_id, "Treppe ins Wasser", "Mit Rampe, bitte.", f"{base}/2", forum.id),
    ]
    assert search.document(session, reply.post_id) == documents[1]


def test_what_is_hidden_is_no_document(session, forum, topic, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Mit Rampe.")
    judging.hide(session, reply.post_id)
    assert search.document(session, reply.post_id) is None
    assert [one.id for one in search.stream(session)] == [topic.post_id]
    judging.restore(session, reply.post_id)
    judging.hide(session, topic.post_id)
    assert search.document(session, reply.post_id) is None
    assert list(search.stream(session)) == []


def test_what_is_folded_is_found_by_its_title_alone(session, forum, topic):
    judging.fold(session, topic.post_id)
    assert [(one.title, one.body) for one in search.stream(session)] == [("Treppe ins Wasser", "")]
    judging.restore(session, topic.post_id)
    found = search.document(session, topic.post_id)
    assert found is not None
    assert found.body == "Breite Stufen."


def test_a_published_reply_is_found_after_the_worker_ran(session, forum, topic, ben, mailbox):
    service.reply(session, ben, forum, topic.topic_id, body="Für den Rollator braucht es eine Rampe.")
    session.commit()
    mailbox.deliver()
    (hit,) = query.find(session, "Rollator").items
    assert hit.path == f"/beteiligung/torfhafen/forum/{topic.topic_id}/2"
    assert index.rebuild(session) >= 2


def test_streams_go_on_past_a_batch(session, forum, topic, ben, monkeypatch):
    monkeypatch.setattr(search, "BATCH", 2)
    for number in range(4):
        service.reply(session, ben, forum, topic.topic_id, body=f"Antwort {number}")
    assert len(list(search.stream(session))) == 5
