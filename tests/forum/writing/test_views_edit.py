"""Changing, taking back and reading earlier wordings, as pages show it."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import Ruling, Verdict
from baukasten.web.platform import EXTENSION
from baukasten_forum import judging, service
from baukasten_forum.models import Post
from baukasten_forum.writing import editing
from baukasten_forum.writing.editing import Change
from baukasten_forum.writing.models import SavedDraft
from tests.forum.conftest import DAY, first, hidden_fields

LIST = "/beteiligung/torfhafen/forum/"
MINUTE = dt.timedelta(minutes=1)


def at(topic, number=1, what="bearbeiten"):
    return f"{LIST}{topic.topic_id}/{number}/{what}"


def topic_page(topic):
    return f"{LIST}{topic.topic_id}-{topic.slug}"


def text_of(answer, status=200):
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


def send(client, address, **values):
    return client.post(address, data={**hidden_fields(text_of(client.get(address))), **values})


def body(session):
    session.rollback()
    return session.scalar(select(Post.body).where(Post.number == 1))


def test_the_foot_offers_what_one_may_do(browse, session, forum, topic, anna, ben, moderator):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.commit()

    def offered(member):
        page = text_of(browse(member).get(f"{LIST}{topic.topic_id}-{topic.slug}"))
        return re.findall(rf'href="{LIST}{topic.topic_id}/(\d+/(?:bearbeiten|zurueckziehen))"', page)

    assert offered(anna) == ["1/bearbeiten", "1/zurueckziehen"]
    assert offered(ben) == ["2/bearbeiten", "2/zurueckziehen"]
    assert offered(moderator) == ["1/bearbeiten", "2/bearbeiten"]
    assert offered(None) == []


def test_a_change_is_previewed_published_and_seen(browse, noon, session, forum, topic, anna):
    client = browse(anna)
    with clock.turned(noon + 10 * MINUTE):
        page = text_of(send(client, at(topic), title="Treppe", body="*Schmale* Stufen.", preview="1"))
        assert "<p><em>Schmale</em> Stufen.</p>" in page
        answer = send(client, at(topic), title="Treppe", body="*Schmale* Stufen.")
        assert (answer.status_code, answer.location) == (
            303,
            f"{LIST}{topic.topic_id}-treppe-ins-wasser#post-1",
        )
        page = text_of(client.get(at(topic, what="fassungen")))
    assert re.findall(r'<h2 class="h-part" id="v(\d)">', page) == ["2", "1"]
    assert '<del><span class="vh">gestrichen: </span>Breite ' in page
    assert "Geändert von Anna Torf." in page


def test_nobody_overwrites_unseen(browse, session, forum, topic, anna, moderator):
    client = browse(anna)
    old = hidden_fields(text_of(client.get(at(topic))))
    editing.edit(
        session, moderator, forum, topic.topic_id, 1, Change("Vom Team.", "Treppe", "Name", rule="2")
    )
    session.commit()
    page = text_of(client.post(at(topic), data={**old, "title": "Meine", "body": "Von mir."}), 409)
    assert "Von mir.</textarea>" in page
    assert re.search(r"<del>.*?Team.*?</del>", page, re.DOTALL)
    assert body(session) == "Vom Team."
    assert (
        client.post(at(topic), data={**hidden_fields(page), "title": "M", "body": "Von mir."}).status_code
        == 303
    )
    assert body(session) == "Von mir."


def test_a_change_too_late_is_given_back_and_kept(browse, noon, session, forum, topic, anna):
    client = browse(anna)
    values = hidden_fields(text_of(client.get(at(topic))))
    with clock.turned(noon + 12 * DAY):
        page = text_of(
            client.post(at(topic), data={**values, "title": "T", "body": "Zu spät", "reason": "Weil"}), 403
        )
        assert client.get(at(topic)).status_code == 403
    assert "Zu spät</textarea>" in page
    assert body(session) == "Breite **Stufen**."
    assert session.execute(select(SavedDraft.key, SavedDraft.body)).all() == [
        (f"edit:{topic.post_id}", "Zu spät")
    ]
    page = text_of(client.get(at(topic)))
    assert "Zu spät</textarea>" in page
    send(client, at(topic), title="T", body="Nun doch", reason="Weil")
    assert session.query(SavedDraft).count() == 0


def test_what_is_held_says_so_and_the_old_wording_stays(monkeypatch, browse, session, forum, topic, anna):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD, "words", "Wird geprüft."))
    page = text_of(send(browse(anna), at(topic), title="T", body="Neu"))
    assert "Ihre Änderung wird geprüft" in page
    assert body(session) == "Breite **Stufen**."
    again = text_of(browse(anna).get(at(topic)))
    assert "Neu</textarea>" in again
    assert "Ihre letzte Änderung wird noch geprüft" in again


def test_the_double_click_changes_once(browse, noon, session, forum, topic, anna):
    client = browse(anna)
    values = {**hidden_fields(text_of(client.get(at(topic)))), "title": "Treppe", "body": "Neu."}
    with clock.turned(noon + 10 * MINUTE):
        answers = [client.post(at(topic), data=values) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    session.rollback()
    assert session.scalar(select(Post.edits)) == 1


@pytest.mark.parametrize("what", ["bearbeiten", "zurueckziehen", "fassungen"])
def test_strangers_find_nothing(browse, session, forum, topic, anna, ben, what):
    missing = browse(anna).get(at(topic, 99, what))
    assert missing.status_code == 404
    judging.hide(session, topic.post_id)
    session.commit()
    hidden = browse(anna).get(at(topic, 1, what))
    assert hidden.get_data(as_text=True).replace("/1/", "/99/") == missing.get_data(as_text=True)
    for number in ("0", "-1", 2**63, "1%00"):
        assert browse(anna).get(f"{LIST}{topic.topic_id}/{number}/{what}").status_code == 404


def test_others_neither_change_nor_take_back(browse, session, forum, topic, ben, moderator):
    for what in ("bearbeiten", "zurueckziehen"):
        assert browse(ben).get(at(topic, 1, what)).status_code == 403
        assert browse().get(at(topic, 1, what)).status_code == 303
    assert browse(moderator).get(at(topic, 1, "zurueckziehen")).status_code == 403


def test_taking_back_is_asked_once_and_done_for_good(browse, session, forum, topic, anna, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.commit()
    client = browse(anna)
    address = at(topic, 1, "zurueckziehen")
    page = text_of(client.get(address))
    assert "Titel und 1 Antwort bleiben." in page
    assert body(session) == "Breite **Stufen**."
    token = first(r'name="_token" value="([^"]+)"', page)
    answer = client.post(address, data={"_token": token})
    assert answer.location == f"{LIST}{topic.topic_id}-{topic.slug}#post-1"
    page = text_of(browse().get(f"{LIST}{topic.topic_id}-{topic.slug}"))
    assert "Stufen" not in page
    assert "Gern." in page
    assert "Treppe ins Wasser" in page
    assert client.post(address, data={"_token": token}).status_code == 404


def test_a_topic_taken_back_without_replies_is_gone(browse, session, forum, topic, anna):
    client = browse(anna)
    page = text_of(client.get(at(topic, 1, "zurueckziehen")))
    token = first(r'name="_token" value="([^"]+)"', page)
    answer = client.post(at(topic, 1, "zurueckziehen"), data={"_token": token})
    assert answer.location == LIST
    assert "Treppe" not in text_of(browse().get(LIST))
    assert browse(anna).get(f"{LIST}{topic.topic_id}-{topic.slug}").status_code == 404


def test_what_staff_replaced_is_read_by_staff_and_its_author_alone(
    browse, noon, session, forum, topic, anna, moderator
):
    with clock.turned(noon + 10 * MINUTE):
        editing.edit(
            session, anna, forum, topic.topic_id, 1, Change("Frau Geheim, Kai 3.", "Treppe ins Wasser")
        )
        now = editing.editable(session, moderator, forum, topic.topic_id, 1)
        staff = Change("Nun ohne Namen.", now.title, "Anschrift entfernt", now.version, rule="Regel 2")
        editing.edit(session, moderator, forum, topic.topic_id, 1, staff)
    session.commit()
    page = text_of(browse().get(at(topic, what="fassungen")))
    assert "Geheim" not in page
    assert "Breite" not in page
    assert "Nun ohne Namen." in page
    assert "Grund: Regel 2: Anschrift entfernt" in page
    assert page.count("ist hier nicht mehr zu lesen") == 2
    for member in (moderator, anna):
        assert "Geheim" in text_of(browse(member).get(at(topic, what="fassungen")))
    assert "von der Moderation geändert" in text_of(browse().get(topic_page(topic)))


def test_many_wordings_come_ten_a_page(app, browse, noon, session, forum, topic, anna, statements):
    for number in range(1, 13):
        with clock.turned(noon + (10 + number) * MINUTE):
            now = editing.editable(session, anna, forum, topic.topic_id, 1)
            change = Change(f"Fassung {number}", now.title, version=now.version)
            editing.edit(session, anna, forum, topic.topic_id, 1, change)
    session.commit()
    client = browse()
    address = at(topic, what="fassungen")
    app.extensions[EXTENSION].generations.refresh()
    client.get(address)
    with statements() as asked:
        page = text_of(client.get(address))
    assert len(asked) == 3
    assert re.findall(r'id="v(\d+)"', page) == [str(number) for number in range(13, 3, -1)]
    older = text_of(client.get(f"{address}?ab=3"))
    assert re.findall(r'id="v(\d+)"', older) == ["3", "2", "1"]
    for wrong in ("0", "14", "x", "9" * 40, ""):
        assert client.get(f"{address}?ab={wrong}").status_code == 404


def test_what_is_still_being_checked_can_be_taken_back(
    monkeypatch, browse, session, forum, topic, anna, ben, moderator
):
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD, "words", "Wird geprüft."))
    held = service.reply(session, ben, forum, topic.topic_id, body="Vorschnell")
    new = service.open_topic(session, ben, forum, title="Auch vorschnell", body="Vorschnell")
    session.commit()
    client = browse(ben)
    address = f"{LIST}beitrag/{held.post_id}/zurueckziehen"
    assert f'href="{address}"' in text_of(client.get(f"{LIST}{topic.topic_id}-{topic.slug}"))
    for stranger in (anna, moderator):
        assert browse(stranger).get(address).status_code == 404
    assert client.get(f"{LIST}beitrag/{topic.post_id}/zurueckziehen").status_code == 404
    for one, back in ((held, f"{LIST}{topic.topic_id}-{topic.slug}"), (new, LIST)):
        address = f"{LIST}beitrag/{one.post_id}/zurueckziehen"
        token = first(r'name="_token" value="([^"]+)"', text_of(client.get(address)))
        assert client.post(address, data={"_token": token}).location == back
        assert client.post(address, data={"_token": token}).status_code == 404
    session.rollback()
    assert moderation.count_open(session) == 0
    assert session.scalars(select(Post.body).order_by(Post.id)).all() == ["Breite **Stufen**.", "", ""]
