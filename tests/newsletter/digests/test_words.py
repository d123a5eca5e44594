"""What a digest says: by project, in the reader's language, and only what everybody may read when it is written."""

import datetime as dt
import re

import pytest
from sqlalchemy import delete, select, text, update

from baukasten import clock
from baukasten.jobs.queue import enqueue
from baukasten.plugin import DigestKind
from baukasten.plugin.work import Work, begin
from baukasten.site.letterhead import letterhead
from baukasten_forum import judging, service
from baukasten_newsletter.digests import gathering, words
from baukasten_newsletter.keys import IssueKind, Slot, TopicKind
from baukasten_newsletter.models import Delivery, Issue, Subscription
from baukasten_newsletter.sending import composing
from baukasten_newsletter.sending import service as sending
from baukasten_newsletter.sending.composing import Recipient
from tests.forum.conftest import open_forum
from tests.newsletter.conftest import add_subscriber, add_topic, open_list
from tests.newsletter.digests.conftest import DAY, MONDAY, project_of

HOUR = dt.timedelta(hours=1)


def recipient(subscriber_id, language="de", delivery_id=None):
    number = delivery_id or subscriber_id
    return Recipient(number, subscriber_id, f"l{number}@post.example", "post.example", "", language, 1)


@pytest.fixture
def write(app, stadt):
    """Writes the day's mails to these readers; gives the words by subscriber."""

    def do(*readers):
        with stadt.database.session(stadt.ref.id) as session:
            issue = session.query(Issue).filter_by(kind=IssueKind.DIGEST).order_by(Issue.day.desc()).first()
            source = composing.source_of(session, issue)
            return source.words(session, readers)

    return do


@pytest.fixture
def compose(app, stadt):
    """Writes the mail of these items in English."""

    def do(*items, language="en"):
        with stadt.database.session(stadt.ref.id) as session:
            head = letterhead(session)
            with head.speaking(language):
                return words.write(head, language, items, "Am Markt 1, 12345 Stadt")

    return do


def test_whoever_is_told_the_same_gets_the_same_words(stadt, write):
    anna, ben = stadt.reader(), stadt.reader()
    stadt.tell("treppe", title="Treppe ins Wasser", summary="Breite Stufen.", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    said = write(recipient(anna), recipient(ben))
    assert said[anna] is said[ben]
    assert said[anna].subject == f"{stadt.ref.name}: Treppe ins Wasser"
    for slot in Slot:
        assert said[anna].html.count(slot) == said[anna].text.count(slot) == 1
    origin = stadt.database.contract.origin(stadt.ref.host)
    for part in (said[anna].html, said[anna].text):
        assert "Treppe ins Wasser" in part
        assert f"{origin}/forum/treppe" in part
        assert "Breite Stufen." in part


def test_each_reads_their_own_language(stadt, write):
    anna, ben = stadt.reader(), stadt.reader(language="en")
    stadt.tell("treppe", at=MONDAY + HOUR, kind=DigestKind.ANSWER)
    stadt.gather(MONDAY + DAY)
    said = write(recipient(anna), recipient(ben, "en"))
    assert "Die Stadt hat geantwortet" in said[anna].text
    assert "The town has answered" in said[ben].text
    assert "/en/forum/treppe" in said[ben].html
    assert [said[one].language for one in (anna, ben)] == ["de", "en"]


def test_nobody_is_told_what_left_view_since_it_was_gathered(stadt, write):
    anna = stadt.reader()
    gone = stadt.tell("treppe", title="Treppe", at=MONDAY + HOUR)
    kept = stadt.tell("steg", title="Steg", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    stadt.items.remove(gone)
    said = write(recipient(anna))[anna]
    assert ("Treppe" in said.text, "Steg" in said.text, said.subject) == (
        False,
        True,
        f"{stadt.ref.name}: Steg",
    )
    stadt.items.remove(kept)
    # Nothing is left to say: the delivery gets no words and is skipped.
    assert write(recipient(anna)) == {}
    assert write(recipient(anna + 1000)) == {}


def test_whoever_left_a_topic_since_then_is_not_told_its_news(stadt, write, database, town):
    hafen = project_of(database, town)
    mine = stadt.topic(hafen, slug="hafen")
    anna = stadt.reader()
    stadt.tell("hier", title="Hier", at=MONDAY + HOUR, project=hafen)
    stadt.tell("dort", title="Dort", at=MONDAY + HOUR)
    stadt.gather(MONDAY + DAY)
    for topic, said in ((stadt.topics[0], [f"{town.name}: Hier"]), (mine, [])):
        with stadt.database.session(town.id) as session:
            session.execute(delete(Subscription).where(Subscription.topic_id == topic))
            session.commit()
        assert [one.subject for one in write(recipient(anna)).values()] == said


def test_items_stand_under_their_projects_and_the_towns_own_last(stadt, compose):
    site = stadt.tell("s", title="Auf der Seite")
    items = [
        stadt.tell("a", title="Idee", project=1, place="Ideen-Forum"),
        stadt.tell("b", title="Stunde", project=2, kind=DigestKind.COMING, due=MONDAY + DAY),
        stadt.tell("c", title="Frage", project=1, kind=DigestKind.CLOSING, due=MONDAY + DAY),
    ]
    said = compose(site, *items)
    lines = [line.partition(" <")[0] for line in said.text.splitlines()]
    order = [lines.index(one) for one in ("Projekt 1", "Projekt 2", stadt.ref.name)]
    assert order == sorted(order)
    notes = ["New · Ideen-Forum", "Ends soon", "Coming up", "New"]
    assert [line for line in lines if line in notes] == notes
    assert said.subject == f"{stadt.ref.name}: Idee, and 3 more"
    assert re.findall("<h([1-6])", said.html) == ["1", "2", "3", "3", "2", "3", "2", "3"]


def test_replies_in_one_topic_are_one_line_that_leads_to_the_first(stadt, compose):
    replies = [
        stadt.tell(f"r{number}", title="Treppe", at=MONDAY - number * HOUR, kind=DigestKind.REPLY, about="topic:1",
                   summary="Gern.", project=1, place="Forum")
        for number in range(3)
    ]  # fmt: skip
    said = compose(*replies)
    assert "3 replies for you · Forum" in said.text
    assert re.findall(r"/en/forum/(r\d)", said.text) == ["r2"]
    assert "Gern." not in said.text
    assert "Gern." in compose(replies[0]).text


def test_a_long_digest_says_how_much_more_there_is(stadt, compose, monkeypatch):
    monkeypatch.setattr(words, "MOST_LINES", 3)
    said = compose(*(stadt.tell(f"n{number}", title=f"Neu {number}") for number in range(5)))
    assert "And 2 more on our page." in said.text
    assert ("Neu 2" in said.text, "Neu 3" in said.text) == (True, False)
    assert said.subject.endswith("Neu 0, and 4 more")


def test_nobodys_title_brings_the_place_of_a_readers_own_links(stadt, compose):
    mark = f"https://elsewhere.example/?{Slot.PREFERENCES}"
    plain = compose(stadt.tell("x", title="Idee", summary="Satz", place="Forum", project=1))
    said = compose(stadt.tell("x", title=mark, summary=mark, place=mark, project=1))
    for slot in Slot:
        assert (said.html.count(slot), said.text.count(slot)) == (
            plain.html.count(slot),
            plain.text.count(slot),
        )


def test_titles_are_words_and_nothing_else(stadt, compose):
    odd = stadt.tell(
        "x", title='<script>alert("1")</script> & Co', summary="<b>fett</b>", place="<i>", project=1
    )
    said = compose(odd)
    assert "<script" not in said.html
    assert "&lt;script&gt;" in said.html
    assert "<b>fett" not in said.html
    assert '<script>alert("1")</script> & Co' in said.text


@pytest.fixture
def street(database, town):
    """A town with a forum and a digest about everything, since half past seven on Monday; gives both."""
    with clock.turned(MONDAY):
        forum, module = open_forum(database, town), open_list(database, town)
        with database.session(town.id) as session:
            topic = add_topic(session, module, kind=TopicKind.DIGEST)
            session.commit()
    return forum, topic


def run(database, town, mailbox, moment):
    """Let the worker gather and send at a moment."""
    with clock.turned(moment):
        with database.session(town.id) as session:
            enqueue(session, gathering.GATHER)
            session.commit()
        mailbox.deliver()


def test_the_whole_way_from_a_contribution_to_the_mail(database, town, mailbox, street, anna, ben):
    forum, topic = street
    with clock.turned(MONDAY), database.session(town.id) as session:
        add_subscriber(session, topic, address="leserin@post.example", name="Lea Priel")
        add_subscriber(session, topic, address="anna@post.example", member_id=anna.id)
        session.commit()
    with clock.turned(MONDAY + 2 * HOUR), database.session(town.id) as session:
        shown = service.open_topic(session, anna, forum, title="Treppe ins Wasser", body="Breite Stufen.")
        service.reply(session, ben, forum, shown.topic_id, body="Gern auch ein Geländer.")
        hidden = service.open_topic(session, anna, forum, title="Werbung", body="Kauft!")
        session.commit()
        mailbox.deliver()
        judging.hide(session, hidden.post_id)
        session.commit()
    run(database, town, mailbox, MONDAY + DAY)
    run(database, town, mailbox, MONDAY + DAY + HOUR)
    run(database, town, mailbox, MONDAY + 2 * DAY)
    (mail,) = mailbox.transport.list(to="leserin@post.example")
    (own,) = mailbox.transport.list(to="anna@post.example")
    assert "Guten Tag Lea Priel" in mail.text
    assert "Treppe ins Wasser" in mail.text
    assert "Werbung" not in mail.text + own.text
    assert "Geländer" not in mail.text
    assert "Gern auch ein Geländer." in own.text


@pytest.mark.parametrize(("state", "uncertain"), [("pending", 0), ("claimed", 0), ("sending", 1)])
def test_who_dies_between_gathering_and_handing_over_loses_nothing_and_says_nothing_twice(
    database, town, mailbox, street, anna, state, uncertain
):
    forum, topic = street
    with clock.turned(MONDAY + HOUR), database.session(town.id) as session:
        add_subscriber(session, topic, address="leserin@post.example")
        service.open_topic(session, anna, forum, title="Treppe ins Wasser", body="Breite Stufen.")
        session.commit()
        mailbox.deliver()
    moment = MONDAY + DAY
    with clock.turned(moment), database.session(town.id) as session:
        begin(session, Work(1, 1, town, frozenset({"forum", "newsletter"})))
        gathering.gather(session)
        session.commit()
        # Whoever held it is gone, and the queue with what should go on is gone too.
        held = {"state": state, "worker": "gone", "lease_until": moment - HOUR} if state != "pending" else {}
        if held:
            session.execute(update(Delivery).values(held))
        session.execute(text("DELETE FROM jobs.procrastinate_jobs WHERE status = 'todo'"))
        session.commit()
        enqueue(session, sending.WATCH)
        session.commit()
        mailbox.deliver()
    run(database, town, mailbox, MONDAY + 2 * DAY)
    assert len(mailbox.transport.list(to="leserin@post.example")) == 1
    with database.session(town.id) as session:
        rows = session.scalars(select(Delivery)).all()
        assert [(row.state, row.uncertain_at is not None) for row in rows] == [
            ("handed_over", bool(uncertain))
        ]
