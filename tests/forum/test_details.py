"""What those who judge a post are given of it: text, files, neighbours, ways to change it."""

import pytest
from sqlalchemy import select

from baukasten.media.models import Media
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Verdict
from baukasten_forum import details, judging, service
from baukasten_forum.models import Post
from baukasten_forum.writing import editing
from tests.statements import Statements


@pytest.fixture
def thread(session, forum, topic, ben):
    """Six replies; the fifth post answers the second."""
    posts = [topic.post_id]
    for number in range(2, 8):
        to = posts[1] if number == 5 else None
        written = service.reply(session, ben, forum, topic.topic_id, body=f"Antwort {number}", reply_to=to)
        posts.append(written.post_id)
    session.commit()
    return posts


def detail(session, post_id):
    """Give the detail of a post that is there."""
    found = details.detail(session, post_id)
    assert found is not None
    return found


def labels(neighbours):
    return [one.label for one in neighbours]


def test_a_post_is_read_among_its_neighbours(session, topic, thread):
    found = detail(session, thread[4])
    base = f"/beteiligung/torfhafen/forum/{topic.topic_id}"
    assert (found.text, found.html, found.label) == ("Antwort 5", "<p>Antwort 5</p>\n", "#5")
    assert (labels(found.before), labels(found.after)) == (["#2", "#3", "#4"], ["#6", "#7"])
    first = found.before[0]
    assert (first.author_name, first.excerpt, first.path) == ("Ben Hafen", "Antwort 2", f"{base}/2")
    assert (found.edit_path, found.history_path, found.changed_at) == (f"{base}/5/bearbeiten", "", None)


def test_neighbours_out_of_view_are_left_out(session, thread):
    judging.hide(session, thread[3])
    found = detail(session, thread[4])
    assert (labels(found.before), labels(found.after)) == (["#2", "#3"], ["#6", "#7"])


def test_a_hidden_post_has_its_place_but_no_ways(session, thread):
    judging.hide(session, thread[4])
    found = detail(session, thread[4])
    assert (found.label, found.edit_path, found.history_path) == ("#5", "", "")
    assert (labels(found.before), labels(found.after)) == (["#2", "#3", "#4"], ["#6", "#7"])


def test_a_changed_post_says_when_and_leads_to_its_wordings(session, forum, topic, thread, moderator):
    change = editing.Change("Besser", reason="Deutlicher", rule="Regel 2")
    editing.edit(session, moderator, forum, topic.topic_id, 2, change)
    found = detail(session, thread[1])
    assert found.history_path == f"/beteiligung/torfhafen/forum/{topic.topic_id}/2/fassungen"
    assert found.changed_at == session.scalar(select(Post.edited_at).where(Post.id == thread[1]))


def test_a_held_reply_stands_behind_the_last_ones_and_what_it_answers(
    session, forum, topic, thread, ben, monkeypatch
):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD))
    waiting = service.reply(session, ben, forum, topic.topic_id, body="Wartet", reply_to=thread[1])
    found = detail(session, waiting.post_id)
    assert (found.label, found.edit_path) == ("", "")
    assert (labels(found.before), labels(found.after)) == (["#2", "#6", "#7"], [])


def test_files_are_seen_and_named(session, database, topic, anna):
    files = (("Kai.webp", "picture", 'Treppe & "Kai"'), ("Plan.pdf", "paper", None))
    for place, (name, kind, alt) in enumerate(files):
        shape = {"width": 8, "height": 8} if kind == "picture" else {}
        stored = Media(
            uploader_id=anna.id, kind=kind, name=name, alt=alt, media_type="", bytes=1, sha256="", stored_as=name,
            position=place, content_type="forum.post", content_id=topic.post_id, **shape,
        )  # fmt: skip
        session.add(stored)
    session.flush()
    found = detail(session, topic.post_id)
    assert found.text == 'Breite **Stufen**.\n\n[Kai.webp: Treppe & "Kai"]\n\n[Plan.pdf]'
    assert 'alt="Treppe &amp; &#34;Kai&#34;"' in found.html
    assert '<ul class="papers"><li><a href="/medien/' in found.html
    assert ">Plan.pdf</a>" in found.html


def test_it_takes_as_many_statements_whatever_the_length(session, database, thread):
    details.detail(session, thread[0])
    with Statements(database.app) as seen:
        details.detail(session, thread[0])
        details.detail(session, thread[4])
    assert len(seen) == 8


def test_what_is_gone_and_another_towns_is_nothing(session, database, other_town, thread):
    assert details.detail(session, 10**9) is None
    with database.session(other_town.id) as elsewhere:
        assert details.detail(elsewhere, thread[0]) is None
