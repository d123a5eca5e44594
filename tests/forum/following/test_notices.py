"""Who hears of what by which level, once and for the strongest reason, and what the letters say."""

import dataclasses

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.notify import service as notify
from baukasten.plugin.events import ContentEdited, ContentPublished, Event
from baukasten_forum import judging, service
from baukasten_forum.following import levels, notices, reactions, recipients
from baukasten_forum.following.levels import Matter
from baukasten_forum.keys import Level, ReactionKind
from tests.forum.conftest import DAY

POST, TOPIC, REPLY, MENTION, ANSWER = (
    f"forum.{key}" for key in ("post", "topic", "reply", "mention", "answer")
)
FOLLOW, NORMAL, MUTE = Level.FOLLOW, Level.NORMAL, Level.MUTE


def told(session, member):
    found, _older = notify.page(session, member.id)
    return [one.type for one in found]


def hear(session, written):
    notices.hear(session, ContentPublished(session.tenant_id, "forum.post", written.post_id))


@pytest.fixture
def category(session, forum):
    return session.scalar(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "VALUES (:tenant, :module, 'ufer', 'Ufer') RETURNING id"
        ),
        {"tenant": session.tenant_id, "module": forum.id},
    )


class Scene:
    """A topic by Clara in a category, in which Ben wrote number 2 and which he supports."""

    def __init__(self, session, forum, category, clara, ben):
        self.session, self.forum, self.category = session, forum, category
        self.module = dataclasses.replace(forum, settings={**forum.settings, "support": "all"})
        self.clara, self.ben = clara, ben
        self.topic = self.begin()
        self.second = self.reply(ben)
        number = 1
        reactions.react(
            session, ben, self.module, self.topic.topic_id, number, ReactionKind.SUPPORT, pressed=True
        )

    def begin(self):
        return service.open_topic(
            self.session, self.clara, self.forum, title="Am Ufer", body="Hier.", category_id=self.category
        )

    def reply(self, writer, body="Gern.", **more):
        return service.reply(self.session, writer, self.forum, self.topic.topic_id, body=body, **more)

    def answer(self):
        written = self.reply(self.clara)
        change = "UPDATE forum_post SET kind = 'answer' WHERE id = :id"
        self.session.execute(text(change), {"id": written.post_id})
        return written

    def happen(self, event):
        """Let something happen; gives what was written."""
        return {
            "topic": self.begin,
            "post": lambda: self.reply(self.clara),
            "reply": lambda: self.reply(self.clara, reply_to=self.second.post_id),
            "mention": lambda: self.reply(self.clara, "Was meint @Ben Hafen dazu?"),
            "answer": self.answer,
        }[event]()

    def choose(self, **chosen):
        matters = {
            "forum": Matter(self.forum.id),
            "category": Matter(self.forum.id, self.category),
            "topic": Matter(self.forum.id, None, self.topic.topic_id),
        }
        for name, level in chosen.items():
            levels.choose(self.session, self.ben, matters[name], level)


@pytest.fixture
def scene(session, forum, category, anna, ben):
    return Scene(session, forum, category, anna, ben)


EVENTS = ("topic", "post", "reply", "mention", "answer")
QUIET = (None, None, REPLY, MENTION, ANSWER)
TABLE = {
    "nothing chosen": ({}, QUIET),
    "forum followed": ({"forum": FOLLOW}, (TOPIC, *QUIET[1:])),
    "forum normal": ({"forum": NORMAL}, QUIET),
    "forum muted": ({"forum": MUTE}, (None,) * 5),
    "category followed": ({"category": FOLLOW}, (TOPIC, *QUIET[1:])),
    "category muted": ({"category": MUTE}, (None,) * 5),
    "forum followed, category muted": ({"forum": FOLLOW, "category": MUTE}, (None,) * 5),
    "forum muted, category followed": ({"forum": MUTE, "category": FOLLOW}, (TOPIC, *QUIET[1:])),
    "topic followed": ({"topic": FOLLOW}, (None, POST, REPLY, MENTION, ANSWER)),
    "topic normal": ({"topic": NORMAL}, QUIET),
    "topic muted": ({"topic": MUTE}, (None,) * 5),
    "forum muted, topic normal": ({"forum": MUTE, "topic": NORMAL}, QUIET),
    "forum muted, topic followed": ({"forum": MUTE, "topic": FOLLOW}, (None, POST, REPLY, MENTION, ANSWER)),
    "forum followed, topic muted": ({"forum": FOLLOW, "topic": MUTE}, (TOPIC, None, None, None, None)),
}


@pytest.mark.parametrize(
    ("chosen", "event", "heard"),
    [(chosen, event, row[place]) for chosen, row in TABLE.values() for place, event in enumerate(EVENTS)],
    ids=[f"{name}: {event}" for name in TABLE for event in EVENTS],
)
def test_each_level_hears_of_each_thing_what_it_says(session, scene, chosen, event, heard):
    scene.choose(**chosen)
    written = scene.happen(event)
    hear(session, written)
    hear(session, written)
    assert told(session, scene.ben) == ([heard] if heard else [])
    # Never of one's own.
    assert told(session, scene.clara) == []


def test_of_several_reasons_the_strongest_is_told_once(session, scene):
    scene.choose(topic=FOLLOW, forum=FOLLOW)
    hear(session, scene.reply(scene.clara, "@Ben Hafen, so?", reply_to=scene.second.post_id))
    assert told(session, scene.ben) == [MENTION]


def test_an_answer_to_one_reply_concerns_that_reply(session, scene, new_member):
    dora = new_member(name="Dora Damm")
    number = 2
    reactions.react(
        session, dora, scene.module, scene.topic.topic_id, number, ReactionKind.SUPPORT, pressed=True
    )
    written = scene.reply(scene.clara, reply_to=scene.second.post_id)
    session.execute(text("UPDATE forum_post SET kind = 'answer' WHERE id = :id"), {"id": written.post_id})
    hear(session, written)
    assert (told(session, dora), told(session, scene.ben)) == ([ANSWER], [ANSWER])


@pytest.mark.parametrize("what", ["edited", "other", "gone", "hidden", "notice", "import", "orphan"])
def test_what_is_no_news_is_told_to_nobody(session, forum, topic, anna, ben, what):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    event: Event = ContentPublished(session.tenant_id, "forum.post", reply.post_id)
    if what == "edited":
        event = ContentEdited(session.tenant_id, "forum.post", reply.post_id)
    if what == "other":
        event = ContentPublished(session.tenant_id, "chat.message", reply.post_id)
    if what == "gone":
        event = ContentPublished(session.tenant_id, "forum.post", 10**9)
    if what == "hidden":
        judging.hide(session, reply.post_id)
    if what == "notice":
        session.execute(text("UPDATE forum_post SET kind = 'notice'"))
    if what == "import":
        session.execute(text("UPDATE forum_post SET via = 'import'"))
    if what == "orphan":
        session.execute(text("UPDATE forum_topic SET author_id = NULL"))
    notices.hear(session, event)
    assert told(session, anna) == told(session, ben) == []


def test_a_hidden_reply_falls_silent(session, forum, topic, anna, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    hear(session, reply)
    assert told(session, anna) == [REPLY]
    judging.hide(session, reply.post_id)
    assert told(session, anna) == []


def test_what_is_told_leads_to_the_post_and_names_nobody(session, forum, topic, anna, ben):
    hear(session, service.reply(session, ben, forum, topic.topic_id, body="Gern."))
    (notice,), _older = notify.page(session, anna.id)
    assert notice.data == {"topic": "Treppe ins Wasser", "forum": "Ideen-Forum"}
    assert notice.path == f"/beteiligung/torfhafen/forum/{topic.topic_id}/2"
    assert notice.group_key == f"topic:{topic.topic_id}"


def test_many_followers_are_told_in_jobs_by_equal_steps(
    monkeypatch, session, forum, topic, anna, new_member, mailbox, statements
):
    monkeypatch.setattr(recipients, "BATCH", 4)
    people = [new_member() for _ in range(10)]
    for one in people:
        levels.choose(session, one, Matter(forum.id, None, topic.topic_id), FOLLOW)
    session.commit()
    mailbox.deliver()
    written = service.reply(session, anna, forum, topic.topic_id, body="Neu.")
    with statements() as first:
        notices.tell(session, post_id=written.post_id)
    with statements() as second:
        notices.tell(session, post_id=written.post_id, after=people[3].id)
    assert [told(session, one) for one in people] == [[POST]] * 8 + [[]] * 2
    # The author's own place is noted once, at the beginning.
    assert len(first) - 1 == len(second)
    session.commit()
    mailbox.deliver()
    assert [told(session, one) for one in people] == [[POST]] * 10


def test_an_own_post_is_no_news_in_the_list_either(session, forum, topic, ben):
    hear(session, service.reply(session, ben, forum, topic.topic_id, body="Gern."))
    number = text("SELECT number FROM forum_position WHERE member_id = :member")
    assert session.scalar(number, {"member": ben.id}) == 2


def test_who_enters_a_letter_is_told_nothing_of_it(session, forum, topic, moderator):
    written = service.reply(session, moderator, forum, topic.topic_id, body="Gern.")
    levels.choose(session, moderator, Matter(forum.id, None, topic.topic_id), FOLLOW)
    session.execute(
        text("UPDATE forum_post SET author_id = NULL, entered_by = :who, via = 'letter' WHERE id = :id"),
        {"who": moderator.id, "id": written.post_id},
    )
    hear(session, written)
    assert told(session, moderator) == []


def later(session):
    session.execute(text("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))
    session.commit()


def test_replies_of_a_burst_are_one_letter(session, town, forum, new_account, new_member, ben, mailbox):
    asker = new_member(name="Clara Kai", account=new_account("Clara Kai", "clara@post.example"))
    topic = service.open_topic(session, asker, forum, title="Kran drehen", body="Sonntags.")
    session.commit()
    mailbox.deliver()
    for body in ("Gern.", "Auch."):
        service.reply(session, ben, forum, topic.topic_id, body=body)
    session.commit()
    assert mailbox.to("clara@post.example") == []
    later(session)
    with clock.turned(clock.now() + DAY):
        (letter,) = mailbox.to("clara@post.example")
    assert letter.subject == "Neue Antwort: Kran drehen"
    site = f"https://{town.host}/beteiligung/torfhafen/forum/{topic.topic_id}"
    head, _empty, rest = letter.text.partition("\n\n")
    assert head == "In „Kran drehen“ gibt es 2 neue Antworten an Sie."
    assert rest.splitlines()[:2] == [f"{site}/2", f"{site}/3"]
    assert "Diesem Beitrag nicht mehr folgen: https://" in letter.text
    assert "Ben" not in letter.text


@pytest.fixture
def letter_after(session, forum, category, anna, new_account, new_member, mailbox):
    """Gives the letter that somebody who follows everything gets after an event, and the scene."""

    def do(event):
        reader = new_member(name="Ben Hafen", account=new_account("Ben Hafen", f"{event}@post.example"))
        scene = Scene(session, forum, category, anna, reader)
        scene.choose(topic=FOLLOW, forum=FOLLOW)
        session.commit()
        mailbox.deliver()
        scene.happen(event)
        session.commit()
        mailbox.deliver()
        later(session)
        with clock.turned(clock.now() + DAY):
            (letter,) = mailbox.to(f"{event}@post.example")
        return letter, scene

    return do


@pytest.mark.parametrize(
    ("event", "subject", "said"),
    [
        ("post", "Neues in: Am Ufer", "In „Am Ufer“ gibt es eine neue Antwort."),
        ("topic", "Neuer Beitrag: Am Ufer", "In „Ideen-Forum“ gibt es einen neuen Beitrag."),
        ("mention", "Sie werden erwähnt: Am Ufer", "In „Am Ufer“ werden Sie erwähnt."),
        ("answer", "Die Stadt hat geantwortet: Am Ufer", "Die Stadt hat in „Am Ufer“ geantwortet."),
        ("reply", "Neue Antwort: Am Ufer", "In „Am Ufer“ hat Ihnen jemand geantwortet."),
    ],
)
def test_each_letter_says_what_happened_and_ends_it_without_signing_in(
    session, letter_after, browse, event, subject, said
):
    letter, scene = letter_after(event)
    assert letter.subject == subject
    assert letter.text.splitlines()[0] == said
    path = next(line for line in letter.text.splitlines() if "nicht mehr folgen: " in line)
    path = path.partition("nicht mehr folgen: ")[2].partition("/konto")[2]
    answer = browse().post(f"/konto{path}", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    hear(session, scene.happen("topic" if event == "topic" else "post"))
    session.commit()
    assert len(told(session, scene.ben)) == 1


def test_another_town_hears_nothing(session, database, other_town, forum, topic, anna, ben, new_member):
    stranger = new_member(where=other_town)
    reply = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.commit()
    with database.session(other_town.id) as there:
        hear(there, reply)
        assert told(there, stranger) == []
    assert told(session, anna) == []
