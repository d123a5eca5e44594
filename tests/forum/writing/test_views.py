"""Writing as browsers without script do it: previews, quotations, drafts; no text is ever lost."""

import re

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Verdict
from baukasten_forum import service
from baukasten_forum.models import Post
from baukasten_forum.writing.models import SavedDraft
from tests.forum.conftest import DAY, first, hidden_fields, send

LIST = "/beteiligung/torfhafen/forum/"


def path(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def text_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def typed(page):
    """What stands in the text field."""
    return first(r'(?s)<textarea id="f-body"[^>]*>\n(.*?)</textarea>', page)


def saved(session):
    session.rollback()
    return session.execute(select(SavedDraft.key, SavedDraft.title, SavedDraft.body)).all()


def test_quoting_fills_the_form_and_leads_back_to_the_source(browse, session, forum, topic, ben):
    client = browse(ben)
    assert f'href="?zitat={topic.post_id}#reply"' in text_of(client.get(path(topic)))
    page = text_of(client.get(f"{path(topic)}?zitat={topic.post_id}"))
    assert typed(page) == f"&gt; [#1](post:{topic.post_id})\n&gt; Breite **Stufen**.\n\n"
    fields = hidden_fields(page)
    assert fields["reply_to"] == str(topic.post_id)
    body = f"> [#1](post:{topic.post_id})\n> Breite **Stufen**.\n\nGern."
    client.post(path(topic), data={**fields, "body": body})
    page = text_of(client.get(path(topic)))
    assert (
        f'<cite><a href="{LIST}beitrag/{topic.post_id}" rel="nofollow ugc noopener">Anna Torf</a></cite>'
        in page
    )
    assert session.scalar(select(Post.reply_to).where(Post.number == 2)) == topic.post_id


@pytest.mark.parametrize("asked", ["x", "0", "-1", "9" * 30, "%00", "99999999"])
def test_quoting_nothing_gives_the_empty_form(browse, forum, topic, ben, asked):
    assert typed(text_of(browse(ben).get(f"{path(topic)}?zitat={asked}"))) == ""


def test_a_draft_is_saved_by_its_button_and_comes_back(browse, session, forum, topic, ben):
    client = browse(ben)
    page = text_of(send(client, f"{LIST}neu", title="Kran", body="", draft="1"))
    assert "Entwurf gesichert:" in page
    assert 'role="alert"' not in page
    page = text_of(client.get(f"{LIST}neu"))
    assert 'value="Kran"' in page
    assert "Entwurf gesichert:" in page
    text_of(send(client, path(topic), body="Halb fertig", draft="1"))
    assert saved(session) == [("new", "Kran", ""), (f"reply:{topic.topic_id}", "", "Halb fertig")]
    assert typed(text_of(client.get(path(topic)))) == ""
    assert typed(text_of(client.get(f"{path(topic)}?entwurf=1"))) == "Halb fertig"
    assert session.query(Post).count() == 1


def test_publishing_forgets_the_draft(browse, session, forum, topic, ben):
    client = browse(ben)
    page = text_of(send(client, path(topic), body="Halb", draft="1"))
    assert client.post(path(topic), data={**hidden_fields(page), "body": "Ganz."}).status_code == 303
    page = text_of(send(client, f"{LIST}neu", title="Kran", body="Halb", draft="1"))
    answer = client.post(f"{LIST}neu", data={**hidden_fields(page), "title": "Kran", "body": "Ganz."})
    assert answer.status_code == 303
    assert saved(session) == []


def test_the_second_device_sees_both_texts_and_may_then_go_on(browse, session, forum, ben):
    telephone, desk = browse(ben), browse(ben)
    at_telephone = hidden_fields(text_of(telephone.get(f"{LIST}neu")))
    at_desk = hidden_fields(text_of(desk.get(f"{LIST}neu")))
    text_of(telephone.post(f"{LIST}neu", data={**at_telephone, "body": "Vom <Telefon>", "draft": "1"}))
    page = text_of(desk.post(f"{LIST}neu", data={**at_desk, "body": "Vom Tisch", "draft": "1"}), 409)
    assert "Vom &lt;Telefon&gt;</pre>" in page
    assert typed(page) == "Vom Tisch"
    assert saved(session) == [("new", "", "Vom <Telefon>")]
    text_of(desk.post(f"{LIST}neu", data={**hidden_fields(page), "body": "Vom Tisch", "draft": "1"}))
    assert saved(session) == [("new", "", "Vom Tisch")]


def test_scripts_save_and_are_told_of_the_other_device(browse, session, forum, topic, ben):
    client = browse(ben)
    token = hidden_fields(text_of(client.get(path(topic))))["_token"]
    values = {"_token": token, "key": f"reply:{topic.topic_id}", "body": "Erst", "version": ""}
    told = client.post(f"{LIST}entwuerfe", data=values)
    assert told.json["version"] == 1
    assert told.json["said"].startswith("Entwurf gesichert:")
    assert (
        client.post(f"{LIST}entwuerfe", data={**values, "body": "Dann", "version": "1"}).json["version"] == 2
    )
    late = client.post(f"{LIST}entwuerfe", data={**values, "body": "Anders", "version": "1"})
    assert (late.status_code, late.json["version"], late.json["body"]) == (409, 2, "Dann")
    state = client.get(f"{LIST}entwuerfe/stand?key=reply:{topic.topic_id}").json
    assert (state["version"], state["body"]) == (2, "Dann")
    assert browse(ben).get(f"{LIST}entwuerfe/stand?key=new").json == {}
    assert client.post(f"{LIST}entwuerfe", data={**values, "key": "reply:1%00"}).status_code == 404
    assert (
        client.post(f"{LIST}entwuerfe", data={**values, "key": "new", "body": "x" * 40_001}).status_code
        == 422
    )


def test_drafts_are_listed_continued_and_thrown_away(browse, session, forum, topic, ben, anna):
    client = browse(ben)
    assert "Sie haben hier keine Entwürfe" in text_of(client.get(f"{LIST}entwuerfe"))
    text_of(send(client, path(topic), body="Halb <b>", draft="1"))
    text_of(send(client, f"{LIST}neu", title="Kran & Co", body="Text", draft="1"))
    page = text_of(client.get(f"{LIST}entwuerfe"))
    assert "Kran &amp; Co" in page
    assert "Halb &lt;b&gt;" in page
    assert f'href="{path(topic)}?entwurf=1#reply"' in page
    one, _other = re.findall(r'action="([^"]+/loeschen)"', page)
    token = first(r'name="_token" value="([^"]+)"', page)
    assert browse(anna).get(f"{LIST}entwuerfe").get_data(as_text=True).count("/loeschen") == 0
    assert client.post(one, data={"_token": token}).location == f"{LIST}entwuerfe"
    assert [row.key for row in saved(session)] == [f"reply:{topic.topic_id}"]
    assert client.post(one, data={"_token": token}).status_code == 404
    assert browse().get(f"{LIST}entwuerfe").status_code == 303


def test_a_text_too_late_is_given_back_and_kept(browse, noon, session, forum, topic, ben):
    client = browse(ben)
    reply = hidden_fields(text_of(client.get(path(topic))))
    new = hidden_fields(text_of(client.get(f"{LIST}neu")))
    with clock.turned(noon + 12 * DAY):
        page = text_of(client.post(path(topic), data={**reply, "body": "Zu spät"}), 403)
        assert typed(page) == "Zu spät"
        assert "Entwurf gesichert:" in page
        page = text_of(client.post(f"{LIST}neu", data={**new, "title": "Auch", "body": "zu spät"}), 403)
        assert typed(page) == "zu spät"
    assert saved(session) == [(f"reply:{topic.topic_id}", "", "Zu spät"), ("new", "Auch", "zu spät")]


def test_a_refused_text_is_kept_and_no_newer_draft_is_lost(monkeypatch, browse, session, forum, topic, ben):
    client = browse(ben)
    values = hidden_fields(text_of(client.get(path(topic))))
    monkeypatch.setattr(
        moderation, "screen", lambda *_: Verdict(Ruling.REJECT, "words", "Bitte ohne Werbung.")
    )
    page = text_of(client.post(path(topic), data={**values, "body": "Kauft Kähne"}), 422)
    assert typed(page) == "Kauft Kähne"
    assert saved(session) == [(f"reply:{topic.topic_id}", "", "Kauft Kähne")]
    stale = text_of(client.post(path(topic), data={**values, "body": "Kauft mehr"}), 422)
    assert typed(stale) == "Kauft mehr"
    assert saved(session) == [(f"reply:{topic.topic_id}", "", "Kauft Kähne")]


def test_the_preview_of_a_new_topic_names_similar_ones(browse, session, forum, topic, anna, ben, mailbox):
    service.open_topic(session, anna, forum, title="Bänke in der Altstadt", body="Zum Ausruhen.")
    session.commit()
    mailbox.deliver()
    client = browse(ben)
    page = text_of(send(client, f"{LIST}neu", title="Noch eine Treppe am Kai", body="Bitte.", preview="1"))
    assert re.findall(r'<ul class="small"><li><a href="([^"]+)">([^<]+)</a></li></ul>', page) == [
        (path(topic), "Treppe ins Wasser")
    ]
    piece = text_of(client.get(f"{LIST}aehnlich?q=bänke+altstadt"))
    assert re.findall(r"<li><a[^>]+>([^<]+)</a>", piece) == ["Bänke in der Altstadt"]
    for nothing in ("", "am", "%00", "or or or or", "Quarkstrudel", "x" * 5_000):
        assert text_of(client.get(f"{LIST}aehnlich?q={nothing}")) == ""
    assert browse().get(f"{LIST}aehnlich?q=Treppe").status_code == 303


def test_scripts_get_preview_names_and_quotations(browse, session, forum, topic, ben, anna):
    client = browse(ben)
    token = hidden_fields(text_of(client.get(path(topic))))["_token"]
    values = {"_token": token, "topic": str(topic.topic_id), "body": "**Ja** @anna torf <script>"}
    assert text_of(client.post(f"{LIST}vorschau", data=values)) == (
        "<p><strong>Ja</strong> <mark>@Anna Torf</mark> &lt;script&gt;</p>\n"
    )
    assert text_of(client.post(f"{LIST}vorschau", data={**values, "body": " "})) == ""
    assert client.post(f"{LIST}vorschau", data={**values, "body": "x" * 20_001}).status_code == 422
    assert client.post(f"{LIST}vorschau", data={**values, "topic": "99999"}).status_code == 404
    assert client.get(f"{LIST}namen/{topic.topic_id}").json == ["Anna Torf"]
    assert text_of(client.get(f"{LIST}beitrag/{topic.post_id}/zitat")).startswith("> [#1](post:")
    for gone in ("namen/99999", "beitrag/99999/zitat", f"namen/{2**63}"):
        assert client.get(f"{LIST}{gone}").status_code == 404
    assert session.query(SavedDraft).count() == 0


def test_what_scripts_ask_is_closed_to_guests(browse, forum, topic):
    client = browse()
    for address in (f"namen/{topic.topic_id}", f"beitrag/{topic.post_id}/zitat", "entwuerfe/stand?key=new"):
        assert client.get(f"{LIST}{address}").status_code == 303
