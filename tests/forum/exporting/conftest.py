"""A forum with something of everything, and a worker that makes files of it."""

import pytest

from baukasten import clock
from baukasten.exports import service as exports
from baukasten.exports.models import ExportFile
from baukasten.media.models import Media
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Role
from baukasten.tenants.files import files_of, new_name
from baukasten_forum import service
from baukasten_forum.answers.models import Weighing
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.steering import schedule

HIDDEN, WORDS = "Beleidigung77", "Spatz99"
RULE = "Keine Beleidigungen"


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Deich")


@pytest.fixture
def furnished(session, forum, topic, anna, ben, moderator):
    """Anna's topic with a reply, a hidden one and one with a quotation; and a topic that is hidden as a whole."""
    first = service.reply(session, ben, forum, topic.topic_id, body=f"=1+1 ist *{WORDS}*", nonce="a")
    bad = service.reply(session, ben, forum, topic.topic_id, body=f"{HIDDEN}!", nonce="b")
    quoting = f"> [#2](post:{first.post_id})\n> so\n\n[Stadt](https://town.example/)"
    service.reply(session, anna, forum, topic.topic_id, body=quoting, nonce="c")
    gone = service.open_topic(session, ben, forum, title=f"Titel {HIDDEN}", body=HIDDEN, nonce="d")
    for post_id in (bad.post_id, gone.post_id):
        moderation.hide(session, moderator, ContentRef(POST_TYPE, post_id), rule=RULE, facts="so")
    session.commit()
    return topic, first, bad, gone


@pytest.fixture
def weighed(session, furnished, moderator):
    topic, first, bad, gone = furnished
    both = ((topic.post_id, "partly"), (first.post_id, ""), (bad.post_id, "not"), (gone.post_id, "not"))
    for post_id, proposal in both:
        told = {"summary": f"Kurz {proposal}", "statement": "Geht so.", "proposal": proposal}
        session.add(Weighing(post_id=post_id, edited_by=moderator.id, edited_at=clock.now(), **told))
    session.commit()


@pytest.fixture
def picture(session, furnished, anna):
    """A picture on Anna's topic."""
    name = new_name("webp")
    files_of(session).write(name, b"RIFF picture")
    row = Media(
        uploader_id=anna.id, kind="picture", name="Kai.webp", media_type="image/webp", bytes=12, width=4, height=3,
        alt="Der Kai bei Nacht", sha256="0" * 64, stored_as=name, content_type=POST_TYPE,
        content_id=furnished[0].post_id,
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def conclude(session, forum, admin):
    def do():
        schedule.conclude(session, admin, forum, title="Was daraus wurde", body="Die Treppe kommt.")
        session.commit()

    return do


@pytest.fixture
def export(session, town, database, forum, admin, mailbox):
    """Ask for an export, let the worker make it, and give its bytes, or the reason why there are none."""

    def make(key, chosen):
        with database.session(town.id) as asking:
            file_id = exports.ask(asking, admin, forum, key, chosen).id
            asking.commit()
        mailbox.deliver()
        with database.session(town.id) as taking:
            file = taking.get(ExportFile, (town.id, file_id))
            if file.state != "ready":
                return file.reason
            return exports.take(taking, admin, forum, file_id)[1]

    return make
