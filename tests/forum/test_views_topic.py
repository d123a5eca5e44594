"""The pages of a forum, as guests, people and moderators see them."""

import re

import pytest
from sqlalchemy import text, update

from baukasten import clock
from baukasten.access import members
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Ruling, Standing, Verdict
from baukasten.projects.placing import place_module
from baukasten.web.platform import EXTENSION
from baukasten_forum import judging, service
from baukasten_forum.models import Post, Topic
from tests.forum.conftest import DAY, first, hidden_fields, open_forum, send

LIST = "/beteiligung/torfhafen/forum/"


def path(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def text_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def fill(session, ben, forum, topic, count):
    for number in range(count):
        service.reply(session, ben, forum, topic.topic_id, body=f"Antwort {number + 2}")
    session.commit()


def fill_fast(session, ben, topic, count):
    """The rows of as many replies, without the way there."""
    values = {"topic": topic.topic_id, "ben": ben.id, "count": count}
    session.execute(
        text(
            "INSERT INTO forum_post (tenant_id, topic_id, number, author_id, body, body_html, sanitiser_version) "
            "SELECT tenant_id, id, next_number + n - 1, :ben, 'Antwort', '<p>Antwort</p>', 1 "
            "FROM forum_topic, generate_series(1, :count) AS n WHERE id = :topic"
        ),
        values,
    )
    moved = update(Topic).where(Topic.id == topic.topic_id)
    session.execute(moved.values(next_number=Topic.next_number + count, replies=Topic.replies + count))
    session.commit()


def hold_everything(monkeypatch):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD, "words", "Wird geprüft."))


def test_a_guest_reads_list_and_topic_and_is_invited(browse, forum, topic):
    page = text_of(browse().get(LIST))
    assert re.findall(r'<h3><a href="([^"]+)">([^<]+)</a>', page) == [(path(topic), "Treppe ins Wasser")]
    assert "Noch 12 Tage offen · 1 Beitrag" in page
    assert f'href="{LIST}neu"' in page
    page = text_of(browse().get(path(topic)))
    assert "<p>Breite <strong>Stufen</strong>.</p>" in page
    assert '<h2 class="by" id="post-1-by"><span class="vh">Beitrag von </span>Anna Torf</h2>' in page
    assert "Anmelden, um zu antworten" in page
    assert "writer.js" not in page


def test_a_guest_who_wants_to_write_signs_in_first(browse, forum):
    answer = browse().get(f"{LIST}neu")
    assert answer.status_code == 303
    assert answer.location.endswith("?next=/beteiligung/torfhafen/forum/neu")


def test_writing_a_topic_leads_to_it(browse, forum, anna):
    client = browse(anna)
    answer = send(client, f"{LIST}neu", title="Kran drehen", body="Der *alte* Kran.")
    assert answer.status_code == 303
    assert re.fullmatch(rf"{LIST}\d+-kran-drehen", answer.location)
    assert "<p>Der <em>alte</em> Kran.</p>" in text_of(client.get(answer.location))
    assert "Kran drehen" in text_of(client.get(LIST))


def test_the_preview_shows_and_keeps_the_text_and_stores_nothing(browse, forum, topic, ben, session):
    page = text_of(send(browse(ben), path(topic), body="Sehr **gern** <script>", preview="1"))
    shown = page[page.index('class="preview"') : page.index("<form")]
    assert "<p>Sehr <strong>gern</strong> &lt;script&gt;</p>" in shown
    assert re.search(r"<textarea[^>]*>\nSehr \*\*gern\*\* &lt;script&gt;</textarea>", page)
    page = text_of(send(browse(ben), f"{LIST}neu", title="Titel", body="- eins", preview="1"))
    assert "<li>eins</li>" in page
    assert 'value="Titel"' in page
    assert session.query(Post).count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost(browse, forum, ben):
    page = text_of(send(browse(ben), f"{LIST}neu", title="", body="Mein langer Text"), 422)
    assert 'href="#f-title"' in page
    assert "Mein langer Text</textarea>" in page


def test_a_reply_leads_to_its_number_even_on_a_later_page(browse, session, forum, topic, ben):
    client = browse(ben)
    assert send(client, path(topic), body="Gern.").location == f"{path(topic)}#post-2"
    fill(session, ben, forum, topic, 48)
    assert send(client, path(topic), body="Auch.").location == f"{path(topic)}?nach=50#post-51"
    page = text_of(client.get(f"{path(topic)}?nach=50"))
    assert re.findall(r'id="(post-\d+)"', page) == ["post-51"]
    assert "Auch." in page
    assert f'rel="prev" href="{path(topic)}"' in page
    page = text_of(client.get(path(topic)))
    assert re.findall(r'id="(post-\d+)"', page) == [f"post-{number}" for number in range(1, 51)]
    assert f'rel="next" href="{path(topic)}?nach=50"' in page


def test_the_double_click_says_it_once(browse, session, forum, topic, ben):
    client = browse(ben)
    values = hidden_fields(text_of(client.get(path(topic))))
    answers = [client.post(path(topic), data={**values, "body": "Gern."}) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"{path(topic)}#post-2"] * 2
    assert session.query(Post).count() == 2


def test_who_sends_too_late_gets_text_and_reason_back(browse, noon, forum, topic, ben, session):
    client = browse(ben)
    values = hidden_fields(text_of(client.get(path(topic))))
    with clock.turned(noon + 12 * DAY):
        late = text_of(client.post(path(topic), data={**values, "body": "Mein später Text"}), 403)
    assert "Mein später Text</textarea>" in late
    assert "4. Dezember 2026" in late[late.index('role="alert"') :]
    assert session.query(Post).count() == 1


def test_a_closed_forum_is_read_not_written(browse, noon, forum, topic, ben):
    with clock.turned(noon + 12 * DAY):
        for member in (None, ben):
            client = browse(member)
            for address in (LIST, path(topic)):
                page = text_of(client.get(address))
                assert "Schreiben geht hier gerade nicht" in page
                assert "4. Dezember 2026" in page
                assert "<textarea" not in page
                assert f'href="{LIST}neu"' not in page
                assert "Anmelden, um zu antworten" not in page
        assert browse(ben).get(f"{LIST}neu").status_code == 403


def test_held_replies_are_their_authors_and_the_moderators(
    monkeypatch, browse, session, forum, topic, ben, anna, moderator
):
    hold_everything(monkeypatch)
    answer = send(browse(ben), path(topic), body="Geheimer Satz.")
    assert answer.status_code == 303
    assert re.fullmatch(rf"{re.escape(path(topic))}#held-\d+", answer.location)
    for member in (ben, moderator):
        page = text_of(browse(member).get(path(topic)))
        assert "Geheimer Satz." in page
        assert "Wird geprüft" in page
    for member in (None, anna):
        page = text_of(browse(member).get(path(topic)))
        assert "Geheimer Satz." not in page
        assert "Wird geprüft" not in page
    held = int(answer.location.partition("#held-")[2])
    moderation.publish(session, moderator, ContentRef("forum.post", held))
    session.commit()
    page = text_of(browse(anna).get(path(topic)))
    assert 'id="post-2"' in page
    assert "Geheimer Satz." in page


def test_a_held_topic_is_nowhere_for_others(monkeypatch, browse, forum, anna, ben, moderator):
    hold_everything(monkeypatch)
    answer = send(browse(anna), f"{LIST}neu", title="Verborgen", body="Geheimer Satz.")
    assert answer.status_code == 303
    for member in (anna, moderator):
        page = text_of(browse(member).get(answer.location))
        assert "Geheimer Satz." in page
        assert "Wird geprüft" in page
    number = first(r"/(\d+)-verborgen", answer.location)
    for member in (None, ben):
        assert browse(member).get(answer.location).status_code == 404
        assert browse(member).get(f"{LIST}{number}").status_code == 404
        assert "Verborgen" not in text_of(browse(member).get(LIST))
    assert send(browse(anna), answer.location, action=answer.location, body="Mehr.").status_code == 404


def test_a_rejected_text_comes_back_with_the_reason(monkeypatch, browse, forum, topic, ben, session):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.REJECT, "links", "Zu viele Links."))
    page = text_of(send(browse(ben), path(topic), body="Kauft hier"), 422)
    assert "Zu viele Links." in page
    assert "Kauft hier</textarea>" in page
    assert session.query(Post).count() == 1


def test_hidden_posts_keep_their_place_without_their_text(browse, session, forum, topic, ben):
    fill(session, ben, forum, topic, 3)
    third = session.query(Post.id).filter_by(number=3).scalar()
    judging.hide(session, third)
    session.commit()
    page = text_of(browse().get(path(topic)))
    assert re.findall(r'id="(post-\d+)"', page) == ["post-1", "post-2", "post-3", "post-4"]
    assert "Antwort 3" not in page
    assert "Vom Moderationsteam ausgeblendet." in page
    assert "2 Antworten" in page
    first = session.query(Post.id).filter_by(number=1).scalar()
    judging.hide(session, first)
    session.commit()
    assert browse().get(path(topic)).status_code == 404


def test_addresses_lead_to_the_one_true_address(browse, session, forum, topic, ben):
    fill(session, ben, forum, topic, 60)
    client = browse()
    expected = {
        f"{LIST}{topic.topic_id}": (301, path(topic)),
        f"{LIST}{topic.topic_id}-anders": (301, path(topic)),
        f"{LIST}{topic.topic_id}-anders?nach=50&slug=x": (301, f"{path(topic)}?nach=50"),
        f"{LIST}{topic.topic_id}/1": (302, f"{path(topic)}#post-1"),
        f"{LIST}{topic.topic_id}/50": (302, f"{path(topic)}#post-50"),
        f"{LIST}{topic.topic_id}/51": (302, f"{path(topic)}?nach=50#post-51"),
    }
    found = {address: client.get(address) for address in expected}
    assert {one: (answer.status_code, answer.location) for one, answer in found.items()} == expected
    english = client.get(f"/en{LIST}{topic.topic_id}/51")
    assert english.location == f"/en{path(topic)}?nach=50#post-51"


@pytest.mark.parametrize(
    "rest",
    [
        "999999-x", "999999", "999999/1", f"{10**19}-x", f"{10**19}", "?sort=anders", "?nach=x", "?nach=1-2-3",
        "?vor=%C2%B2-1", f"?nach={10**18}-1", "?nach=999999999999999999-1", "?nach=0-0&sort=neu", "{t}/0", "{t}/62",
        f"{{t}}/{10**20}", "{p}?nach=0", "{p}?nach=7", "{p}?nach=50", "{p}?nach=-50", "{p}?nach=%D9%A5%D9%A0",
    ],
)  # fmt: skip
def test_addresses_of_nothing_are_unknown(browse, forum, topic, rest):
    address = rest.format(t=topic.topic_id, p=f"{topic.topic_id}-{topic.slug}")
    assert browse().get(LIST + address).status_code == 404


def test_another_towns_topics_and_another_forums_are_unknown(
    browse, database, client_of, town, other_town, topic, anna, sign_in
):
    there = open_forum(database, other_town)
    number = topic.topic_id
    guest = client_of(other_town)
    assert guest.get(LIST).status_code == 200
    for rest in (f"{number}-{topic.slug}", f"{number}", f"{number}/1"):
        assert guest.get(LIST + rest).status_code == 404
    second = open_forum(database, town, "zweites")
    assert second.id != there.id
    own = browse(anna)
    for rest in (f"{number}-{topic.slug}", f"{number}", f"{number}/1"):
        assert own.get(f"/beteiligung/zweites/forum/{rest}").status_code == 404
    page = own.get(path(topic)).get_data(as_text=True)
    values = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    moved = own.post(f"/beteiligung/zweites/forum/{number}-{topic.slug}", data={**values, "body": "Hallo"})
    assert moved.status_code == 404


def test_statements_are_few_and_the_same_for_ten_and_a_thousand(
    app, browse, session, forum, topic, ben, anna, statements
):
    counts: dict[tuple[str, str], list[int]] = {}
    for replies, total in ((10, 10), (990, 1_000)):
        fill_fast(session, ben, topic, replies)
        app.extensions[EXTENSION].generations.refresh()
        for name, client in (("guest", browse()), ("member", browse(ben))):
            for address in (path(topic), LIST):
                # What the first call remembers, a second one with another query does not ask; no page is kept of it.
                # On a slow machine the town's generation may be too old to be trusted by now.
                app.extensions[EXTENSION].generations.refresh()
                text_of(client.get(address, query_string={"warm": total}))
                with statements() as asked:
                    text_of(client.get(address, query_string={"asked": total}))
                counts.setdefault((name, address), []).append(len(asked))
    assert {key: found[0] for key, found in counts.items()} == {
        key: found[1] for key, found in counts.items()
    }
    assert counts == {
        ("guest", path(topic)): [2, 2],
        ("guest", LIST): [0, 0],
        ("member", path(topic)): [4, 4],
        ("member", LIST): [3, 3],
    }


def test_a_warm_page_of_a_guest_asks_the_database_nothing(
    app, browse, session, forum, topic, ben, statements
):
    app.extensions[EXTENSION].generations.refresh()
    client = browse()
    before = [text_of(client.get(address)) for address in (LIST, path(topic))]
    with statements() as asked:
        assert [text_of(client.get(address)) for address in (LIST, path(topic))] == before
    assert asked == []
    fill(session, ben, forum, topic, 1)
    assert ["Antwort 2" in text_of(client.get(address)) for address in (LIST, path(topic))] == [False, True]
    assert "2 Beiträge" in text_of(client.get(LIST))


def test_the_days_left_are_counted_anew_each_day(app, browse, noon, forum, topic):
    client = browse()
    for passed, words in (
        (0, "Noch 12 Tage offen"),
        (1, "Noch 11 Tage offen"),
        (11.5, "Noch einen Tag offen"),
    ):
        with clock.turned(noon + passed * DAY):
            app.extensions[EXTENSION].generations.refresh()
            assert words in text_of(client.get(LIST))


def test_an_empty_forum_invites(noon, browse, forum):
    page = text_of(browse().get(LIST))
    assert "Noch hat niemand etwas geschrieben" in page
    assert "Ersten Beitrag schreiben" in page
    with clock.turned(noon + 12 * DAY):
        page = text_of(browse().get(LIST))
    assert "Hier hat niemand etwas geschrieben" in page
    assert "Ersten Beitrag schreiben" not in page


def test_what_people_type_stays_text(browse, session, forum, anna):
    title = '<script>alert("1")</script>'
    written = service.open_topic(
        session, anna, forum, title=title, body="<img src=x onerror=alert(1)> [x](javascript:y)"
    )
    session.commit()
    for address in (LIST, path(written)):
        page = text_of(browse().get(address))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_a_forum_on_the_site_is_open_without_phases(browse, database, town, anna):
    with database.session(town.id) as own:
        place_module(
            own, None, "forum", title="Allgemein", slug="allgemein", settings={"intro": "Alles übrige."}
        )
        own.commit()
    client = browse(anna)
    answer = send(client, "/allgemein/neu", title="Kran", body="Drehen")
    assert re.fullmatch(r"/allgemein/\d+-kran", answer.location)
    page = text_of(browse().get("/allgemein/"))
    assert "Alles übrige." in page
    assert "offen ·" not in page
    assert "1 Beitrag" in page


def test_a_muted_member_reads_and_sees_no_form(browse, session, forum, topic, ben, moderator):
    reason = "Wiederholte Beleidigungen"
    members.set_standing(session, moderator, ben.id, Standing.MUTED, reason=reason, until=clock.now() + DAY)
    session.commit()
    client = browse(ben)
    assert "<textarea" not in text_of(client.get(path(topic)))
    assert f'href="{LIST}neu"' not in text_of(client.get(LIST))
    assert client.get(f"{LIST}neu").status_code == 403
