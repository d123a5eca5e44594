"""What decisions look like wherever a topic is read: its page, paper, feed, tables."""

import re
from typing import Any

import pytest

from baukasten.moderation.deciding import decide_content, undo
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef
from baukasten.web.platform import EXTENSION
from baukasten_forum import judging, service
from baukasten_forum.exporting import tables
from tests.statements import Statements

LIST = "/beteiligung/torfhafen/forum/"
DECIDED = (Measure.HIDE, Measure.REMOVE, Measure.FOLD, Measure.ASK, Measure.NOTE)
NOTE = "Der Kran steht seit 2019 still."
RULE, FACTS = "Regel 3: Beim Thema bleiben", "Geheimnis des Verfahrens"


def decide(session, moderator, post_id, measure):
    words: dict[str, Any] = {} if measure is Measure.RESTORE else {"rule": RULE, "facts": FACTS}
    note = NOTE if measure is Measure.NOTE else ""
    step = Step(measure, **words, public_text=note)
    return decide_content(session, moderator, ContentRef("forum.post", post_id), step)


@pytest.fixture
def decided(session, forum, topic, ben, moderator):
    """Replies 2 to 6 by Ben, each with another measure; gives their ids."""
    ids = []
    for number, measure in enumerate(DECIDED, 2):
        written = service.reply(session, ben, forum, topic.topic_id, body=f"Wortlaut{number}")
        decide(session, moderator, written.post_id, measure)
        ids.append(written.post_id)
    session.commit()
    return ids


@pytest.fixture
def read(app, browse, topic):
    """Gives a page of the topic as somebody has it once the process heard of everything."""

    def do(path="", member=None):
        app.extensions[EXTENSION].generations.refresh()
        answer = browse(member).get(f"{LIST}{path or f'{topic.topic_id}-{topic.slug}'}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return do


def place(page, number):
    """The HTML of one post on the page of its topic."""
    start = page.index(f'id="post-{number}"')
    following = page.find(f'id="post-{number + 1}"', start)
    return page[start : following if following > 0 else page.index("<aside", start)]


def test_each_measure_is_named_where_the_text_was(read, decided):
    page = read()
    hidden, removed, folded, asked, noted = (place(page, number) for number in range(2, 7))
    for part, word in (
        (hidden, "Vom Moderationsteam ausgeblendet:"),
        (removed, "Vom Moderationsteam entfernt:"),
    ):
        assert f"<b>{word}</b> {RULE}" in part
        assert "entschieden am" in part.lower()
        assert "Wortlaut" not in part
    assert f"<b>Vom Moderationsteam eingeklappt:</b> {RULE}" in folded
    assert "Wortlaut4" in folded[folded.index("</summary>") :]
    assert "wartet auf eine Änderung durch die Verfasserin oder den Verfasser." in asked
    assert RULE not in asked
    assert "Wortlaut5" in asked
    assert f"<b>Hinweis der Moderation:</b> {NOTE}" in noted
    assert "Wortlaut6" in noted
    assert FACTS not in page


def test_a_folded_topic_keeps_its_place_and_folds_its_text(session, read, topic, moderator):
    decide(session, moderator, topic.post_id, Measure.FOLD)
    session.commit()
    page = read()
    assert "Stufen" in place(page, 1)[place(page, 1).index("</summary>") :]
    assert "<details" in page
    assert "Treppe ins Wasser" in read("?")


def test_paper_says_the_same(read, topic, decided):
    page = read(f"{topic.topic_id}/druck")
    assert f"#2 Vom Moderationsteam ausgeblendet: {RULE}" in page
    assert f"#3 Vom Moderationsteam entfernt: {RULE}" in page
    assert f"<b>Vom Moderationsteam eingeklappt:</b> {RULE}" in page
    assert "wartet auf eine Änderung" in page
    assert f"<b>Hinweis der Moderation:</b> {NOTE}" in page
    assert re.findall(r"Wortlaut\d", page) == ["Wortlaut4", "Wortlaut5", "Wortlaut6"]


def test_a_feed_unfolds_nothing(read, topic, decided):
    feed = read(f"{topic.topic_id}/feed")
    assert re.findall(r"Wortlaut\d", feed) == ["Wortlaut6", "Wortlaut6"]
    assert feed.count("Vom Moderationsteam eingeklappt.") == 2


def test_tables_name_what_is_folded_and_what_stands_beside(session, forum, decided):
    named = [dict(zip(tables.DATA_COLUMNS, row, strict=True)) for row in tables.data_rows(session, forum)]
    assert [(one["number"], one["moderation"], one["moderators_note"]) for one in named] == [
        (1, None, None), (4, "folded", None), (5, "folded", None), (6, None, NOTE),
    ]  # fmt: skip


def test_authors_find_the_way_to_the_reasons_and_others_do_not(read, decided, ben, anna):
    page = read(member=ben)
    assert len(set(re.findall(r'href="(/konto/entscheidungen/\d+)"', page))) == len(DECIDED)
    for member in (anna, None):
        assert "/konto/entscheidungen/" not in read(member=member)


def test_what_was_decided_is_on_pages_that_were_kept_already(session, read, topic, moderator):
    assert NOTE not in read()
    decision = decide(session, moderator, topic.post_id, Measure.NOTE)
    session.commit()
    assert NOTE in read()
    undo(session, moderator, decision.id)
    session.commit()
    assert NOTE not in read()
    decide(session, moderator, topic.post_id, Measure.NOTE)
    decide(session, moderator, topic.post_id, Measure.RESTORE)
    session.commit()
    assert NOTE not in read()


def test_pages_ask_little_whatever_was_decided(app, database, browse, topic, decided, ben, session):
    judging.hold(session, decided[4])
    session.commit()
    for member, most in ((None, 6), (ben, 14)):
        client = browse(member)
        app.extensions[EXTENSION].generations.refresh()
        for _visit in range(2):
            with Statements(database.app) as seen:
                assert client.get(f"{LIST}{topic.topic_id}-{topic.slug}").status_code == 200
        assert len(seen) <= most, "\n".join(seen)
        told = [one for one in seen if "moderation_" in one]
        assert len(told) == (member is not None)
