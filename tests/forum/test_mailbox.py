"""Answers by mail follow the rules of the page, to the second; what they refuse comes back with its words."""

import dataclasses
import datetime as dt
from email import message_from_bytes
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text, update

from baukasten import clock
from baukasten.access import members
from baukasten.errors import Closed, NotFound, SignInNeeded
from baukasten.inbox.door import Door, Outcome
from baukasten.inbox.models import ReceivedMail
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import Worker
from baukasten.mail.incoming import addresses, reading
from baukasten.mail.incoming.reading import Envelope, Trust
from baukasten.mail.post import TOOL
from baukasten.mail.transport import FileTransport
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Standing, Verdict
from baukasten.projects.schedule import PhaseDraft, set_phases
from baukasten.testing.fixtures import drop_left_over
from baukasten.workshop import surroundings
from baukasten_forum import mailbox, service
from baukasten_forum.keys import State, TopicState
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages.models import Stage
from tests.core.mail.letters import SAMPLES, SERVER, TAKEN
from tests.forum.conftest import DAY

BERLIN = ZoneInfo("Europe/Berlin")
DUE = text("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
WORDS = "Mit Geländer wäre ich dabei."


@pytest.fixture
def carl(new_member, new_account, town):
    """A member whose address is known."""
    address = f"carl.{town.id}@post.example"
    member = new_member(name="Carl Kai", account=new_account("Carl Kai", address))
    return SimpleNamespace(ref=member, id=member.id, address=address)


@pytest.fixture
def post(database, town, base_config, tmp_path):
    """A town to which people answer: its door, and a worker that keeps mails in a folder."""
    drop_left_over(database, town)
    known = dataclasses.replace(base_config, answers_to="towns", authserv_id=SERVER)
    usual, transport = surroundings(known, database), FileTransport(tmp_path / "mail")
    office = dataclasses.replace(usual.tools[TOOL], transport=transport)
    around = Surroundings(usual.find_town, usual.active, usual.speaking, {TOOL: office})
    worker = Worker(database, around, concurrency=1, pause=lambda _attempt: dt.timedelta(0))

    def run():
        """Let the bursts' pauses be over, run what waits and give the mails, oldest first."""
        for _round in ("events", "what they queue"):
            with database.operator_session() as session:
                session.execute(DUE)
                session.commit()
            worker.run_pending()
        return transport.list()[::-1]

    return SimpleNamespace(door=Door(database, known), run=run, transport=transport, secret=known.secret_key)


@pytest.fixture
def answer(post, town, carl, topic):
    """Brings a letter of Carl's to the door and gives the mails that come of it."""
    numbers = iter(range(1, 1000))

    def do(words=WORDS, topic_id=None):
        signed = addresses.Signed("antwort", town.id, carl.id, topic_id or topic.topic_id)
        to = f"{addresses.local_part(post.secret, signed)}@{town.host}"
        head = f"From: Carl Kai <{carl.address}>\nTo: {to}\nSubject: AW: Treppe\n"
        head += f"Message-ID: <{next(numbers)}.{town.id}@post.example>\n"
        raw = f"{head}Content-Type: text/plain; charset=utf-8\n\n{words}\n".encode()
        assert post.door.take(raw, Envelope(to, carl.address)) == Outcome.WAITING
        return [mail for mail in post.run() if mail.to == carl.address]

    return do


def replies(session, topic_id):
    session.rollback()
    query = select(Post.number, Post.author_id, Post.via, Post.body)
    found = session.execute(query.where(Post.topic_id == topic_id).order_by(Post.id)).all()
    return [tuple(row) for row in found][1:]


def letter(words, message_id="<a@post.example>"):
    """A letter as the core hands it on."""
    raw = f"From: a@b.example\nMessage-ID: {message_id}\n\n{words}\n".encode()
    return reading.read(raw, Envelope("antwort@b.example", None), Trust("secret"))


def test_an_answer_becomes_a_reply(session, answer, topic, carl):
    assert answer() == []
    assert replies(session, topic.topic_id) == [(2, carl.id, "mail", WORDS)]


def test_a_notice_says_where_to_answer_and_the_answer_arrives(session, post, town, forum, carl, anna):
    begun = service.open_topic(session, carl.ref, forum, title="Bänke am Wasser", body="Drei genügen.")
    session.commit()
    service.reply(session, anna, forum, begun.topic_id, body="Lieber fünf.")
    session.commit()
    (notice,) = [mail for mail in post.run() if mail.to == carl.address]
    head = message_from_bytes((post.transport.folder / f"{notice.id}.eml").read_bytes())
    to = head["Reply-To"]
    assert "Sie können auf diese Mail antworten" in notice.text
    raw = (
        f"From: {carl.address}\nTo: {to}\nIn-Reply-To: {head['Message-ID']}\n"
        f"Message-ID: <eins.{town.id}@post.example>\n"
        f"\n{WORDS}\n\nAm 22.11.26 um 10:00 schrieb {town.name}:\n"
    ) + "".join(f"> {line}\n" for line in notice.text.splitlines())
    for _copy in range(2):
        post.door.take(raw.encode(), Envelope(to, carl.address))
        post.run()
    assert replies(session, begun.topic_id)[1:] == [(3, carl.id, "mail", WORDS)]


@pytest.mark.parametrize("sample", TAKEN, ids=lambda one: one.name)
def test_the_words_of_each_sample_become_a_reply(session, forum, topic, ben, sample):
    raw = sample.raw(member="ben@post.example")
    mail = reading.read(raw, sample.envelope(), Trust("secret"))
    assert mailbox.take(session, ben, topic.topic_id, mail) is None
    session.commit()
    ((number, author, via, body),) = replies(session, topic.topic_id)
    assert (number, author, via) == (2, ben.id, "mail")
    assert body == "\n".join(line.rstrip() for line in sample.known["text"].splitlines())


def test_markup_in_a_letter_is_safe(session, topic, ben):
    (sample,) = (one for one in SAMPLES if one.name == "markdown-and-script")
    mailbox.take(session, ben, topic.topic_id, reading.read(sample.raw(), sample.envelope(), Trust("secret")))
    html = session.scalars(select(Post.body_html).order_by(Post.id.desc())).first()
    assert "<strong>fett</strong>" in html
    assert "<script" not in html
    assert "javascript:" not in html.replace("(javascript:", "")
    assert 'href="javascript' not in html


def test_a_letter_that_arrives_twice_is_one_reply(session, topic, ben):
    for words in ("Ja.", "Ja."):
        mailbox.take(session, ben, topic.topic_id, letter(words))
    mailbox.take(session, ben, topic.topic_id, letter("Nein.", "<b@post.example>"))
    session.commit()
    assert [body for _n, _a, _v, body in replies(session, topic.topic_id)] == ["Ja.", "Nein."]


@pytest.mark.parametrize(
    "day",
    [
        dt.date(2026, 12, 2),
        dt.date(2026, 3, 28),
        dt.date(2026, 3, 29),
        dt.date(2026, 10, 24),
        dt.date(2026, 10, 25),
    ],
    ids=str,
)
def test_a_phase_that_ended_at_23_59_59_refuses_and_gives_the_text_back(
    session, database, town, forum, topic, answer, carl, day
):
    end = dt.datetime.combine(day, dt.time(23, 59, 59), BERLIN).astimezone(dt.UTC)
    phase = PhaseDraft("Ideen", end - 40 * DAY, end, "", ("forum.discuss",))
    with database.session(town.id) as own:
        set_phases(own, None, forum.project.id, [phase])
        own.commit()
    second = dt.timedelta(seconds=1)
    with clock.turned(end - second):
        assert answer("Noch rechtzeitig.") == []
    with clock.turned(end):
        (back,) = answer("Eine Sekunde zu spät.\n\n**Zweiter** Absatz.")
    assert [body for _n, _a, _v, body in replies(session, topic.topic_id)] == ["Noch rechtzeitig."]
    assert back.subject == "Ihre Mail wurde nicht angenommen: AW: Treppe"
    lines = back.text.splitlines()
    assert [line for line in lines if line.startswith("|")] == [
        "| Eine Sekunde zu spät.",
        "| ",
        "| **Zweiter** Absatz.",
    ]
    assert outcomes(session)[-1] == (Outcome.RETURNED, None)


def test_a_forum_that_is_only_read_from_a_second_on_takes_nothing_more(session, forum, topic, answer):
    # Half past two in the night in which the clocks go back, the second time that they show it.
    end = dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN).astimezone(dt.UTC)
    session.add(Stage(module_id=forum.id, state=State.READ_ONLY, starts_at=end))
    phase = PhaseDraft("Ideen", end - DAY, end + DAY, "", ("forum.discuss",))
    set_phases(session, None, forum.project.id, [phase])
    session.commit()
    with clock.turned(end - dt.timedelta(seconds=1)):
        assert answer("Noch rechtzeitig.") == []
    with clock.turned(end):
        (back,) = answer("Zu spät.")
    assert "| Zu spät." in back.text
    assert [body for _n, _a, _v, body in replies(session, topic.topic_id)] == ["Noch rechtzeitig."]


def outcomes(session):
    session.rollback()
    query = select(ReceivedMail.outcome, ReceivedMail.content).order_by(ReceivedMail.id)
    return [tuple(row) for row in session.execute(query)]


@pytest.mark.parametrize("state", [TopicState.LOCKED, TopicState.ARCHIVED], ids=lambda one: one.value)
def test_a_topic_that_takes_no_replies_gives_the_text_back(session, topic, answer, state):
    session.execute(update(Topic).where(Topic.id == topic.topic_id).values(state=state))
    session.commit()
    (back,) = answer()
    assert f"| {WORDS}" in back.text
    assert replies(session, topic.topic_id) == []


@pytest.mark.parametrize("what", ["muted", "gone", "hidden", "long", "project"])
def test_what_the_page_refuses_comes_back(session, topic, answer, carl, moderator, what):
    words, topic_id = WORDS, topic.topic_id
    if what == "muted":
        until = clock.now() + DAY
        members.set_standing(
            session, moderator, carl.id, Standing.MUTED, reason="Immer wieder Beleidigungen.", until=until
        )
    if what == "gone":
        topic_id = 10**9
    if what == "hidden":
        session.execute(update(Topic).where(Topic.id == topic_id).values(visibility="hidden"))
    if what == "long":
        words = "Viel zu lang. " * 6000
    if what == "project":
        session.execute(text("UPDATE project SET state = 'draft'"))
    session.commit()
    (back,) = answer(words, topic_id)
    assert f"| {words.strip()}\n" in back.text
    assert replies(session, topic.topic_id) == []
    said = {
        "muted": "nicht schreiben",
        "gone": "gibt es nicht mehr",
        "hidden": "gibt es nicht mehr",
        "long": "länger als 20.000 Zeichen",
        "project": "gibt es nicht mehr",
    }
    assert said[what] in back.text


def test_a_slow_topic_lets_nobody_hurry_by_mail(session, topic, answer):
    session.execute(update(Topic).where(Topic.id == topic.topic_id).values(slow_seconds=600))
    session.commit()
    assert answer("Eins.") == []
    (back,) = answer("Zwei.")
    assert "| Zwei." in back.text
    assert [body for _n, _a, _v, body in replies(session, topic.topic_id)] == ["Eins."]


def test_a_reply_that_is_looked_at_first_is_announced(session, monkeypatch, topic, answer, carl):
    monkeypatch.setattr(moderation, "screen", lambda *_values: Verdict(Ruling.HOLD, "links"))
    (said,) = answer()
    assert said.subject == "Zu Ihrer Mail: AW: Treppe"
    assert "bevor" in said.text
    assert WORDS not in said.text
    ((number, author, via, _body),) = replies(session, topic.topic_id)
    assert (number, author, via) == (None, carl.id, "mail")


def test_an_answer_follows_a_topic_that_was_joined(session, forum, topic, answer, anna, carl):
    other = service.open_topic(session, anna, forum, title="Stufen", body="Am Wasser.")
    session.execute(update(Topic).where(Topic.id == topic.topic_id).values(merged_into=other.topic_id))
    session.commit()
    assert answer() == []
    assert replies(session, other.topic_id) == [(2, carl.id, "mail", WORDS)]


def test_nobody_and_nowhere_are_refused(session, forum, topic, ben):
    with pytest.raises(SignInNeeded):
        mailbox.take(session, None, topic.topic_id, letter("Ja."))
    with pytest.raises(NotFound):
        mailbox.take(session, ben, 10**12, letter("Ja."))
    session.execute(update(Topic).where(Topic.id == topic.topic_id).values(merged_into=topic.topic_id))
    with pytest.raises(NotFound):
        mailbox.take(session, ben, topic.topic_id, letter("Ja."))


def test_before_its_first_phase_a_forum_takes_nothing(session, database, town, forum, topic, ben):
    begin = clock.now() + DAY
    with database.session(town.id) as own:
        set_phases(
            own, None, forum.project.id, [PhaseDraft("Ideen", begin, begin + DAY, "", ("forum.discuss",))]
        )
        own.commit()
    with pytest.raises(Closed):
        mailbox.take(session, ben, topic.topic_id, letter("Ja."))
