"""The page of the rules for everybody, and those of their writers."""

import html
import re

import pytest

from baukasten.moderation.house_rules import drafting
from baukasten.moderation.house_rules.service import RuleText
from baukasten.plugin.refs import Role

DESK = "/verwaltung/moderation/regeln"
DRAFT, PREVIEW = f"{DESK}/entwurf", f"{DESK}/vorschau"
HIDDEN = re.compile(r'name="(seen|keys)" value="([^"]*)"')
FIRST = (RuleText("matter", 1, "Zur Sache", "Zeile eins\nZeile zwei", "Kritik"),)
SECOND = (*FIRST, RuleText("kind", 2, "Freundlich"))


@pytest.fixture
def writer(client_of, town, sign_in, admin):
    browser = client_of(town)
    sign_in(browser, admin)
    return browser


@pytest.fixture
def publish(database, town, admin):
    def do(rules, changes="", intro="**Hallo**"):
        with database.session(town.id) as session:
            seen = drafting.draft(session).seen
            saved = drafting.save(session, admin, seen, intro=intro, changes=changes, rules=rules)
            drafting.publish(session, admin, saved.seen)
            session.commit()

    return do


def send(browser, act="save", **values):
    """Fill in what the form shows and press a button."""
    shown = browser.get(DRAFT).text
    hidden = dict(HIDDEN.findall(shown))
    keys = hidden["keys"].split(",") if hidden["keys"] else []
    texts = {f"{part}-{key}": "" for key in keys for part in ("title", "body", "exempt")}
    return browser.post(
        DRAFT, data={**hidden, **texts, "_token": browser.token(DRAFT), "act": act, "intro": "", **values}
    )


def stored(database, town):
    with database.session(town.id) as session:
        return drafting.draft(session)


def test_a_guest_reads_the_platforms_rules_until_the_town_has_its_own(client, publish):
    page = client.get("/regeln").text
    assert "Bleiben Sie beim Thema des Verfahrens." in page
    assert "Fassung" not in page
    publish(FIRST)
    page = client.get("/regeln").text
    assert "Bleiben Sie beim Thema des Verfahrens." not in page
    assert "<strong>Hallo</strong>" in page
    assert "Zur Sache" in page
    assert "Fassung 1, in Kraft seit" in page
    assert "fassung=" not in page


def test_older_versions_stay_readable_and_say_that_they_are_old(client, publish):
    publish(FIRST)
    publish(SECOND, changes="Freundlich ist neu")
    page = client.get("/regeln").text
    assert "Freundlich ist neu" in page
    assert 'href="/regeln?fassung=1"' in page
    old = client.get("/regeln?fassung=1").text
    assert "gilt nicht mehr" in old
    assert '<h2 class="h-part">Freundlich</h2>' not in old
    assert "Bleiben Sie beim Thema" in client.get("/regeln?fassung=0").text


@pytest.mark.parametrize("version", ["2", "-1", "x", "", "9" * 30, "%00", "1.0", "²"])
def test_versions_that_never_were_are_not_found(client, publish, version):
    publish(FIRST)
    assert client.get(f"/regeln?fassung={version}").status_code == 404


def test_a_draft_is_seen_by_nobody_outside(writer, client, database, town):
    assert send(writer, intro="Geheimer Entwurf").status_code == 303
    assert stored(database, town).intro == "Geheimer Entwurf"
    assert "Geheimer Entwurf" not in client.get("/regeln").text
    assert client.get("/regeln?fassung=1").status_code == 404


def test_rules_are_added_moved_and_removed_without_a_script(writer, database, town, publish):
    publish(SECOND)
    given = {"title-matter": "Zur Sache", "title-kind": "Freundlich"}
    added = send(writer, "add", **given)
    new = stored(database, town).rules[2].key
    assert added.headers["Location"] == f"{DRAFT}?done=saved#rule-{new}"
    send(writer, f"up-{new}", **given, **{f"title-{new}": "Kurz & <b>knapp</b>"})
    assert [one.key for one in stored(database, town).rules] == ["matter", new, "kind"]
    send(writer, "remove-matter", **given, **{f"title-{new}": "Kurz & <b>knapp</b>"})
    assert [(one.key, one.title) for one in stored(database, town).rules] == [
        (new, "Kurz & <b>knapp</b>"),
        ("kind", "Freundlich"),
    ]
    page = writer.get(DRAFT).text
    assert "<b>knapp" not in page
    assert html.escape("Kurz & <b>knapp</b>") in page


def test_from_draft_to_force(writer, client, publish):
    publish(FIRST)
    saved = send(writer, "preview", **{"title-matter": "Nur zur Sache", "changes": ""})
    assert saved.headers["Location"] == PREVIEW
    page = writer.get(PREVIEW).text
    assert "Nur zur Sache" in page
    assert "Sagen Sie in einem Satz, was neu ist." in page
    assert f"{DESK}/veroeffentlichen" not in page
    seen = dict(HIDDEN.findall(writer.get(DRAFT).text))["seen"]
    token = writer.token(DRAFT)
    refused = writer.post(f"{DESK}/veroeffentlichen", data={"_token": token, "seen": seen})
    assert refused.status_code == 422
    send(writer, "preview", **{"title-matter": "Nur zur Sache", "changes": "Klarer gesagt"})
    assert writer.send(PREVIEW).status_code == 405
    seen = dict(HIDDEN.findall(writer.get(PREVIEW).text))["seen"]
    done = writer.post(f"{DESK}/veroeffentlichen", data={"_token": token, "seen": seen})
    assert (done.status_code, done.headers["Location"]) == (303, f"{DESK}?done=saved")
    page = client.get("/regeln").text
    assert "Nur zur Sache" in page
    assert "Klarer gesagt" in page
    again = writer.post(f"{DESK}/veroeffentlichen", data={"_token": token, "seen": seen})
    assert again.status_code == 409
    assert "Ada Amt hat inzwischen Fassung 2 der Regeln in Kraft gesetzt." in again.text


def test_what_was_typed_over_a_colleagues_words_is_shown_again(writer, publish):
    publish(FIRST)
    refused = send(writer, **{"title-matter": "Mein Satz", "seen": "alt"})
    assert refused.status_code == 409
    assert "Mein Satz" in refused.text


def test_texts_that_are_too_long_are_refused_and_shown_again(writer, publish):
    publish(FIRST)
    refused = send(writer, **{"title-matter": "x" * 201})
    assert refused.status_code == 422
    assert "x" * 201 in refused.text


def test_a_draft_can_be_discarded(writer, database, town):
    send(writer, intro="Weg damit")
    assert writer.post(f"{DESK}/verwerfen", data={"_token": writer.token(DRAFT)}).status_code == 303
    assert stored(database, town).stored is False
    assert writer.get(PREVIEW).status_code == 404


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.MODERATOR])
def test_only_admins_write_rules(client, new_member, sign_in, role):
    sign_in(client, new_member(role))
    for path in (DESK, DRAFT, PREVIEW):
        assert client.get(path).status_code == 403
    for act in ("veroeffentlichen", "verwerfen"):
        token = client.token("/konto/adresse")
        assert client.post(f"{DESK}/{act}", data={"_token": token}).status_code == 403


def test_another_towns_rules_are_its_own(client_of, other_town, publish):
    publish(FIRST)
    page = client_of(other_town).get("/regeln").text
    assert "Zur Sache<" not in page
    assert "Bleiben Sie beim Thema des Verfahrens." in page


def test_the_public_page_costs_the_same_however_many_versions(client, publish, statements):
    seen = []
    for number in range(3):
        publish(SECOND, changes=f"Neu {number}")
        with statements() as asked:
            assert f"Neu {number}" in client.get("/regeln").text
        seen.append(sum("moderation_rul" in one for one in asked))
    assert seen == [2, 2, 2]
