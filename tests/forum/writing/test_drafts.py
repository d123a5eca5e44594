"""Texts that wait for their writer: one a thing, never overwritten unseen, gone when they are published or old."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.sdk import Invalid, NotFound
from baukasten_forum import judging, service
from baukasten_forum.writing import drafts


def test_a_draft_is_saved_read_and_saved_again(noon, session, forum, anna):
    first = drafts.save(session, anna, forum, "new", title="Kran", body="Er\r\nsoll\x00", version=0)
    assert first == drafts.Saved("new", "Kran", "Er\nsoll", 1, noon)
    with clock.turned(noon + dt.timedelta(minutes=5)) as later:
        second = drafts.save(session, anna, forum, "new", title="Kran", body="Er soll drehen", version=1)
        assert second == drafts.Saved("new", "Kran", "Er soll drehen", 2, later)
        assert (
            drafts.save(session, anna, forum, "new", title="Kran", body="Er soll drehen", version=1) == second
        )
    assert drafts.load(session, anna, forum, "new") == second


def test_a_draft_is_its_writers_alone(session, forum, anna, ben, place):
    drafts.save(session, anna, forum, "new", body="Meins", version=0)
    other = place("forum", slug="andere", title="Anderes")
    assert drafts.load(session, ben, forum, "new") is None
    assert drafts.load(session, anna, other, "new") is None
    (line,) = drafts.listed(session, anna, forum)
    with pytest.raises(NotFound):
        drafts.delete_one(session, ben, forum, line.id)
    with pytest.raises(NotFound):
        drafts.delete_one(session, anna, other, line.id)
    drafts.delete_one(session, anna, forum, line.id)
    assert drafts.listed(session, anna, forum) == []


@pytest.mark.parametrize("version", [0, 1])
def test_the_second_device_gets_the_text_of_the_first(session, forum, anna, version):
    drafts.save(session, anna, forum, "new", body="Am Telefon", version=0)
    newer = drafts.save(session, anna, forum, "new", body="Am Telefon weiter", version=1)
    with pytest.raises(drafts.DraftConflict) as conflict:
        drafts.save(session, anna, forum, "new", body="Am Rechner", version=version)
    assert conflict.value.other == newer
    assert drafts.keep(session, anna, forum, "new", body="Am Rechner", version=version) is None
    assert drafts.load(session, anna, forum, "new") == newer
    assert drafts.save(session, anna, forum, "new", body="Am Rechner", version=2).version == 3


def test_what_was_published_on_another_device_is_kept_anew(session, forum, anna):
    drafts.save(session, anna, forum, "new", body="Alt", version=0)
    drafts.drop(session, anna, forum, "new")
    assert drafts.save(session, anna, forum, "new", body="Neu", version=1).version == 1


def test_nothing_is_no_draft(session, forum, anna):
    assert drafts.save(session, anna, forum, "new", title=" ", body="\n", version=0).version == 0
    assert drafts.load(session, anna, forum, "new") is None
    drafts.save(session, anna, forum, "new", body="Etwas", version=0)
    assert drafts.save(session, anna, forum, "new", body="", version=1).body == "Etwas"


@pytest.mark.parametrize(
    "key", ["", "old", "reply:0", "reply:99999999", "edit:99999999", "reply:" + "9" * 40, "new:1", "reply:1 "]
)
def test_a_draft_leads_somewhere(session, forum, anna, key):
    with pytest.raises(NotFound):
        drafts.save(session, anna, forum, key, body="Text", version=0)
    assert drafts.keep(session, anna, forum, key, body="Text", version=0) is None


def test_the_list_says_where_each_goes_on(noon, session, forum, topic, anna, ben):
    second = service.reply(session, anna, forum, topic.topic_id, body="Noch etwas.")
    keys = ["new", f"reply:{topic.topic_id}", f"edit:{second.post_id}"]
    for minute, key in enumerate(keys):
        with clock.turned(noon + dt.timedelta(minutes=minute)):
            drafts.save(session, anna, forum, key, body=key, version=0)

    def places():
        return [(one.key, one.topic_id, one.slug, one.number) for one in drafts.listed(session, anna, forum)]

    shown = [
        (keys[2], topic.topic_id, topic.slug, 2),
        (keys[1], topic.topic_id, topic.slug, None),
        (keys[0], None, "", None),
    ]
    assert places() == shown
    judging.hide(session, topic.post_id)
    assert places() == [(key, None, "", None) for key in reversed(keys)]


def test_there_is_room_for_so_many_and_for_so_long_a_text(session, forum, anna, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    topic = service.open_topic(session, anna, forum, title="Kran", body="Text")
    drafts.save(session, anna, forum, "new", body="Text", version=0)
    with pytest.raises(Invalid):
        drafts.save(session, anna, forum, f"reply:{topic.topic_id}", body="Text", version=0)
    drafts.save(session, anna, forum, "new", body="x" * 40_000, version=1)
    with pytest.raises(Invalid):
        drafts.save(session, anna, forum, "new", body="x" * 40_001, version=2)


def test_drafts_that_nobody_touched_for_a_quarter_are_forgotten(noon, session, forum, topic, anna):
    drafts.save(session, anna, forum, "new", body="Alt", version=0)
    with clock.turned(noon + dt.timedelta(days=1)):
        drafts.save(session, anna, forum, f"reply:{topic.topic_id}", body="Jünger", version=0)
    with clock.turned(noon + dt.timedelta(days=90, seconds=1)):
        drafts.clean(session)
        assert [one.body for one in drafts.listed(session, anna, forum)] == ["Jünger"]


def test_what_is_published_or_drafted_moves_no_kept_page(database, town, forum, topic, anna):
    with database.session(town.id) as session:
        drafts.save(session, anna, forum, "new", body="Text", version=0)
        session.flush()
        assert session.written is False
