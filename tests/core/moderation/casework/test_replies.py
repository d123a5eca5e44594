"""Saved replies: filled in safely, kept by language, a town's own."""

import pytest
from sqlalchemy import select

from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.moderation.casework import replies
from baukasten.moderation.models import SavedReply
from tests.core.moderation.casework.conftest import DESK

VALUES = {"name": "Klara {rule}", "title": "Treppe", "rule": "Regel 3", "until": "", "town": "Kranichsiel"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Guten Tag {name}, {town}", "Guten Tag Klara {rule}, Kranichsiel"),
        ("{until} {rule}{rule}", "{until} Regel 3Regel 3"),
        ("{unknown} {} {0} {name!r} {name.__class__}", "{unknown} {} {0} {name!r} {name.__class__}"),
        ("%(name)s {{title}}", "%(name)s {Treppe}"),
        ("{Name} { name }", "{Name} { name }"),
    ],
)  # fmt: skip
def test_only_known_variables_are_filled_and_only_once(text, filled):
    assert replies.fill(text, VALUES) == filled


def test_what_has_no_value_is_named():
    assert replies.left_open("{until}, {rule}, {x}, {until}") == ["rule", "until"]


def add(session, actor, title="Ton", **texts):
    return replies.save(session, actor, None, title=title, texts=texts or {"de": "Bitte {name}"})


def test_a_reply_needs_words(session, moderator):
    for title, texts in (("", {"de": "x"}), ("x", {}), ("x", {"de": " "})):
        with pytest.raises(Invalid):
            replies.save(session, moderator, None, title=title, texts=texts)


def test_the_first_language_comes_first_and_what_lacks_it_is_there_all_the_same(session, moderator):
    both = add(session, moderator, "A", en="Please", de="Bitte")
    only = add(session, moderator, "B", en="Hello")
    offers = replies.offered(session, ["de", "en"])
    assert [(one.id, one.language) for one in offers] == [(both.id, "de"), (both.id, "en"), (only.id, "en")]
    assert replies.chosen(offers, f"{both.id}-en") == offers[1]
    assert replies.chosen(offers, f"{both.id}-fr") is None


def test_there_is_an_end_of_replies(session, moderator, monkeypatch):
    monkeypatch.setattr(replies, "MOST", 1)
    add(session, moderator)
    with pytest.raises(Conflict):
        add(session, moderator)


def test_replies_are_a_towns_own(database, session, other_town, moderator):
    reply = add(session, moderator)
    session.commit()
    with database.session(other_town.id) as other:
        assert replies.listed(other) == []
        with pytest.raises(NotFound):
            replies.get(other, reply.id)


def stored(session):
    session.rollback()
    return session.scalars(select(SavedReply).order_by(SavedReply.id)).all()


def test_moderators_write_change_and_delete_replies(desk, session, moderator):
    client, address = desk(moderator), f"{DESK}/antworten"
    assert "Noch keine gespeicherten Antworten" in client.get(address).text
    sent = {
        "title": "Ton <b>",
        "measure": "ask",
        "rule_key": "respect",
        "text_de": "Hallo {name}",
        "text_en": "",
    }
    assert client.send(f"{address}/neu", **sent).headers["Location"] == f"{address}?done=saved"
    (reply,) = stored(session)
    assert (reply.title, reply.measure, reply.rule_key, reply.texts) == (
        "Ton <b>", "ask", "respect", {"de": "Hallo {name}"},
    )  # fmt: skip
    assert "Ton &lt;b&gt;" in client.get(address).text
    one = f"{address}/{reply.id}"
    assert client.send(one, **{**sent, "text_en": "Hello"}).status_code == 303
    assert stored(session)[0].texts == {"de": "Hallo {name}", "en": "Hello"}
    assert client.post(f"{one}/loeschen", data={"_token": client.token(one)}).status_code == 303
    assert stored(session) == []
    assert client.get(one).status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {"title": "", "text_de": "x"},
        {"title": "x", "text_de": ""},
        {"title": "x", "text_de": "y" * 3_001},
        {"title": "x", "text_de": "y", "measure": "suspend"},
        {"title": "x", "text_de": "y", "rule_key": "made up"},
        {"title": "\0", "text_de": "\0"},
    ],
)
def test_a_reply_that_cannot_be_is_shown_again(desk, session, moderator, values):
    answer = desk(moderator).send(f"{DESK}/antworten/neu", **values)
    assert (answer.status_code, stored(session)) == (422, [])


def test_replies_are_for_those_who_moderate(desk, session, moderator, anna):
    reply = add(session, moderator)
    session.commit()
    citizen = desk(anna)
    for path in ("", "/neu", f"/{reply.id}"):
        assert citizen.get(f"{DESK}/antworten{path}").status_code == 403


def test_without_script_a_button_fills_the_form(desk, session, case_id, moderator):
    texts = {"de": "{name}: „{title}“ gegen {rule}, {town}. {until}"}
    reply = replies.save(
        session, moderator, None, title="Ton", texts=texts, measure="ask", rule_key="private"
    )
    session.commit()
    client, address = desk(moderator), f"{DESK}/{case_id}"
    page = client.send(address, reply=f"{reply.id}-de", insert="1", rule="respect", person="", until="1")
    assert page.status_code == 200
    assert "\nAnna: „Treppe“ gegen Regel 2: Keine Beleidigungen, keine Drohungen" in page.text
    assert "{until}</textarea>" in page.text
    assert 'value="ask" id="f-ask" aria-describedby="rung-2" checked' in page.text
    assert '<option value="respect" selected>' in page.text


def test_the_last_variables_are_filled_when_it_is_decided(desk, session, case_id, moderator):
    client, address = desk(moderator), f"{DESK}/{case_id}"
    mark = client.get(address).text.partition('name="seen" value="')[2][:16]
    sent = {"measure": "hide", "rule": "respect", "person": "", "until": "1", "seen": mark}
    refused = client.send(address, **sent, facts="Bis {until} nach {rule}")
    assert refused.status_code == 422
    assert "Für {until} ist nichts bekannt" in refused.text
    taken = client.send(address, **{**sent, "person": "mute"}, facts="Bis {until} nach {rule} {x}")
    assert taken.status_code == 303
    assert "{until}" not in client.get(address).text
    assert "{x}" in client.get(address).text
