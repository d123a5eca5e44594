"""What a summary of a town learns from its forums."""

import datetime as dt
from dataclasses import replace

import pytest

from baukasten import clock
from baukasten.plugin import DigestKind, DigestStretch, MemberRef, Outcome, Role
from baukasten.projects import publishing
from baukasten_forum import judging, service
from baukasten_forum.answers import service as answers
from baukasten_forum.answers.service import Facts
from baukasten_forum.following import digests, levels, positions
from baukasten_forum.keys import Level
from tests.forum.conftest import DAY, open_forum

HOUR = dt.timedelta(hours=1)
NEW, REPLY, ANSWER = DigestKind.NEW, DigestKind.REPLY, DigestKind.ANSWER


@pytest.fixture
def speaker(new_member):
    return new_member(Role.ADMIN, name="Ada Siel")


def news(session, since=None, limit=10, projects=None):
    now = clock.now()
    found = digests.items(session, DigestStretch(since or now - DAY, now + DAY, projects, limit))
    return [(item.kind, item.title, item.summary) for item in found]


def begin(session, forum, member, title):
    return service.open_topic(session, member, forum, title=title, body="Ein **Text**.")


def answer(session, speaker, forum, topic):
    facts = Facts("Bauamt", Outcome.ADOPTED)
    return answers.answer(session, speaker, forum, (topic.topic_id, 1), body="Das machen wir.", facts=facts)


def own(session, *members, since=None):
    """What each of them is told alone: titles with the end of the path."""
    ids = [one.id for one in members]
    found = digests.for_members(session, ids, since or clock.now() - DAY)
    assert found.keys() <= set(ids)
    return [[item.path.rpartition("/")[2] for item in found.get(key, [])] for key in ids]


def test_new_topics_and_answers_of_the_town_are_told(
    session, database, town, noon, forum, anna, ben, speaker
):
    other = open_forum(database, town, "zweites")
    with clock.turned(noon - 2 * DAY):
        old = begin(session, forum, anna, "Alt")
    with clock.turned(noon - 3 * HOUR):
        begin(session, forum, anna, "Neu")
    with clock.turned(noon - 2 * HOUR):
        service.reply(session, ben, forum, old.topic_id, body="Gern.")
        answer(session, speaker, forum, old)
    with clock.turned(noon - 4 * HOUR):
        begin(session, other, anna, "Dort")
    told = [(NEW, "Neu", "Ein Text."), (NEW, "Dort", "Ein Text."), (ANSWER, "Alt", "Bauamt: Das machen wir.")]
    assert news(session) == told
    assert news(session, limit=1) == [told[0], told[2]]
    assert news(session, projects=frozenset({other.project.id})) == [told[1]]
    assert news(session, projects=frozenset()) == []
    items = digests.items(session, DigestStretch(noon - DAY, noon))
    assert items[0].path == f"{forum.path}{old.topic_id + 1}-neu"
    assert (items[0].place, items[0].project) == ("Ideen-Forum", replace(forum.project, published=True))


def test_what_is_not_public_is_not_told(session, forum, topic, anna):
    assert news(session) == [(NEW, "Treppe ins Wasser", "Breite Stufen.")]
    judging.hide(session, topic.post_id)
    assert news(session) == []
    judging.fold(session, topic.post_id)
    assert news(session) == [(NEW, "Treppe ins Wasser", "")]
    judging.restore(session, topic.post_id)
    publishing.unpublish(session, None, forum.project.id)
    assert news(session) == []


def test_items_are_found_again_while_everybody_may_read_them(session, forum, topic, ben, speaker):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    said = answer(session, speaker, forum, topic)
    keys = {f"{digests.KEY}:{name}" for name in
            (f"topic:{topic.topic_id}", f"reply:{reply.post_id}", f"answer:{said.post_id}")}  # fmt: skip
    # A post is what it is: nobody finds a reply under the name of an answer.
    false = {f"{digests.KEY}:answer:{reply.post_id}", f"{digests.KEY}:topic:0", f"{digests.KEY}:what:ever"}
    found = digests.find(session, keys | false)
    assert {item.key for item in found} == keys
    judging.hide(session, reply.post_id)
    assert {item.kind for item in digests.find(session, keys)} == {NEW, ANSWER}
    judging.hide(session, topic.post_id)
    assert digests.find(session, keys) == []
    judging.restore(session, topic.post_id)
    publishing.unpublish(session, None, forum.project.id)
    assert digests.find(session, keys) == []
    assert digests.find(session, []) == []


def test_members_hear_of_replies_to_what_they_wrote_or_follow(
    session, noon, forum, topic, anna, ben, new_member
):
    clara, dora = (new_member(name=name) for name in ("Clara Watt", "Dora Priel"))
    levels.choose(session, clara, levels.Matter(forum.id, None, topic.topic_id), Level.FOLLOW)
    first = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    service.reply(session, dora, forum, topic.topic_id, body="Ja.", reply_to=first.post_id)
    # Anna wrote the topic, Ben the post replied to, Clara follows; nobody hears of what they wrote themselves.
    assert own(session, anna, ben, clara, dora) == [["3", "2"], ["3"], ["3", "2"], []]
    levels.choose(session, clara, levels.Matter(forum.id, None, topic.topic_id), Level.MUTE)
    levels.choose(session, anna, levels.Matter(forum.id), Level.MUTE)
    assert own(session, anna, ben, clara) == [[], ["3"], []]
    # The narrowest choice counts.
    levels.choose(session, anna, levels.Matter(forum.id, None, topic.topic_id), Level.NORMAL)
    assert own(session, anna) == [["3", "2"]]
    positions.seen(session, anna, topic.topic_id, 2)
    assert own(session, anna) == [["3"]]
    judging.hide(session, first.post_id)
    assert own(session, ben) == [["3"]]
    assert own(session, ben, since=clock.now() + HOUR) == [[]]
    publishing.unpublish(session, None, forum.project.id)
    assert own(session, anna, ben) == [[], []]


def test_a_busy_topic_fills_no_mail(monkeypatch, session, forum, topic, anna, ben):
    monkeypatch.setattr(digests, "MOST_REPLIES", 2)
    for number in range(4):
        service.reply(session, ben, forum, topic.topic_id, body=f"Noch etwas {number}.")
    assert own(session, anna) == [["5", "4"]]


def test_statements_do_not_grow_with_members_and_replies(session, statements, forum, topic, anna, ben):
    def cost(count, members):
        for number in range(count):
            service.reply(session, ben, forum, topic.topic_id, body=f"Wort {number} zu {count}.")
        session.commit()
        with statements() as seen:
            digests.items(session, DigestStretch(clock.now() - DAY, clock.now()))
            digests.for_members(session, [anna.id, *members], clock.now() - DAY)
        return len(seen)

    assert cost(1, []) == cost(5, [ben.id, *range(10_000, 11_000)])


def test_another_town_tells_its_own(session, database, other_town, topic, anna):
    keys = [item.key for item in digests.items(session, DigestStretch(clock.now() - DAY, clock.now()))]
    assert len(keys) == 1
    with database.session(other_town.id) as there:
        assert news(there) == []
        assert digests.find(there, keys) == []
        assert own(there, MemberRef(anna.id, "")) == [[]]
