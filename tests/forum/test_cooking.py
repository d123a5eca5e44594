"""What a text points at: posts of its own forum that everybody sees, and people who take part."""

import pytest
from sqlalchemy import select

from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Verdict
from baukasten.projects.placing import place_module
from baukasten.sdk import Invalid
from baukasten_forum import judging, mentions, service
from baukasten_forum.cooking import cook, quotation, said
from baukasten_forum.models import Post

BASE = "/beteiligung/torfhafen/forum/"


def cite(post_id, name):
    return f'<cite><a href="{BASE}beitrag/{post_id}" rel="nofollow ugc noopener">{name}</a></cite>'


def test_a_quotation_leads_to_its_source_and_names_whom_it_quotes(session, forum, topic):
    text = f"> [Gisela, #7](post:{topic.post_id})\n> Breite Stufen.\n\nGern."
    cooked = cook(session, forum, text, topic.topic_id)
    assert cooked.html == (
        f"<blockquote>\n<p>{cite(topic.post_id, 'Anna Torf')}<br>\nBreite Stufen.</p>\n</blockquote>\n<p>Gern.</p>\n"
    )
    assert (cooked.text, list(cooked.sources), cooked.called) == (text, [topic.post_id], {})
    assert said(cooked.html) == "Breite Stufen.\nGern."


def test_nobody_is_quoted_from_where_not_everybody_reads(session, forum, topic, anna, place, database, town):
    elsewhere = place("forum", slug="andere", title="Anderes Forum")
    other = service.open_topic(session, anna, elsewhere, title="Dort", body="Text.")
    hidden = service.reply(session, anna, forum, topic.topic_id, body="Weg.")
    judging.hide(session, hidden.post_id)
    for number in (other.post_id, hidden.post_id, 10**17):
        assert cook(session, forum, f"> [#2](post:{number})\n> Ja.").html == (
            "<blockquote>\n<p>#2<br>\nJa.</p>\n</blockquote>\n"
        )
        assert quotation(session, forum, number) == ""


def test_quoting_begins_a_reply_without_what_the_post_quotes_itself(session, forum, topic, ben):
    text = f"> [#1](post:{topic.post_id})\n> Breite **Stufen**.\n\nGern.\n\nUnd Licht."
    written = service.reply(session, ben, forum, topic.topic_id, body=text)
    assert quotation(session, forum, written.post_id) == (
        f"> [#2](post:{written.post_id})\n> Gern.\n>\n> Und Licht.\n\n"
    )
    assert quotation(session, forum, written.post_id, words="nur\x00 dies") == (
        f"> [#2](post:{written.post_id})\n> nur dies\n\n"
    )


def test_a_reply_answers_what_it_names_or_quotes_first(session, forum, topic, anna, ben):
    second = service.reply(session, ben, forum, topic.topic_id, body="Zweiter.")
    quoting = f"> [#2](post:{second.post_id})\n> Zweiter.\n\n> [#1](post:{topic.post_id})\n> Stufen\n\nJa."
    other = service.open_topic(session, anna, forum, title="Anderes", body="Text.")

    def answered(**values):
        written = service.reply(session, anna, forum, topic.topic_id, **values)
        return session.scalar(select(Post.reply_to).where(Post.id == written.post_id))

    assert answered(body=quoting) == second.post_id
    assert answered(body=quoting, reply_to=topic.post_id) == topic.post_id
    assert answered(body="Ohne.", reply_to=other.post_id) is None
    assert answered(body="Ohne.") is None


def test_names_call_those_who_take_part_and_the_staff_and_nobody_else(
    session, forum, topic, anna, ben, moderator, new_member
):
    new_member(name="Carla Kai")
    text = "@anna torf und @Mo Deich, @Carla Kai und @Niemand, @Ben Hafen"
    written = service.reply(session, ben, forum, topic.topic_id, body=text)
    html = session.scalar(select(Post.body_html).where(Post.id == written.post_id))
    assert html == (
        "<p><mark>@Anna Torf</mark> und <mark>@Mo Deich</mark>, @Carla Kai und @Niemand, @Ben Hafen</p>\n"
    )
    assert mentions.mentioned(session, written.post_id) == [anna.id, moderator.id]
    assert mentions.suggestions(session, topic.topic_id) == ["Anna Torf", "Ben Hafen"]
    assert mentions.people(session, None) == {"Mo Deich": moderator.id}


def test_what_waits_calls_nobody_into_view(monkeypatch, session, forum, topic, ben, anna):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD, "words", "Wird geprüft."))
    service.reply(session, ben, forum, topic.topic_id, body="@Anna Torf?")
    assert mentions.suggestions(session, topic.topic_id) == ["Anna Torf"]


@pytest.mark.parametrize("body", ["", " \n ", "x" * 20_001, ">" * 30 + " tief"])
def test_what_cannot_be_read_is_refused(session, forum, body):
    with pytest.raises(Invalid) as refused:
        cook(session, forum, body)
    assert list(refused.value.errors) == ["body"]


def test_a_forum_on_the_site_quotes_below_its_own_address(session, anna, database, town):
    module = place_module(session, None, "forum", title="Plausch", slug="plausch")
    written = service.open_topic(session, anna, module, title="Hier", body="Text.")
    html = cook(session, module, quotation(session, module, written.post_id)).html
    assert f'href="/plausch/beitrag/{written.post_id}"' in html
