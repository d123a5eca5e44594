"""The rules beside the form: for whoever has not contributed under them, and for nobody else."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.moderation.house_rules import drafting, service
from baukasten.moderation.house_rules.service import RuleText
from baukasten.moderation.screening.models import AuthorRecord
from baukasten.plugin.refs import Draft, Role, Signals
from baukasten.web.guard import SIGNALS
from baukasten.web.platform import EXTENSION
from tests.forum.conftest import hidden_fields, send

FIRST, AGAIN = "Bevor Sie schreiben: Das gilt hier", "Unsere Regeln haben sich geändert"
RULES = (RuleText("matter", 1, "Zur Sache"),)


@pytest.fixture
def publish(database, town, new_member):
    admin = new_member(Role.ADMIN, name="Adi")

    def do(changes=""):
        with database.session(town.id) as session:
            seen = drafting.draft(session).seen
            saved = drafting.save(session, admin, seen, intro="", changes=changes, rules=RULES)
            drafting.publish(session, admin, saved.seen)
            session.commit()

    return do


@pytest.fixture
def page(app, forum, topic):
    """Give the two pages with a form, as a browser sees them now."""

    def do(browser):
        app.extensions[EXTENSION].generations.refresh()
        paths = (f"{forum.path}neu", f"{forum.path}{topic.topic_id}-{topic.slug}")
        return [browser.get(path).text for path in paths]

    return do


@pytest.fixture
def browser(client, sign_in, new_member):
    sign_in(client, new_member(name="Ben"))
    return client


def write(browser, forum, text="Noch eine Stufe mehr wäre gut."):
    answer = send(browser, f"{forum.path}neu", f"{forum.path}neu", title="Stufe", body=text)
    assert answer.status_code == 303


def said(pages, words):
    return [words in one for one in pages]


def test_the_rules_stand_open_above_the_form_until_the_first_contribution(browser, page, forum):
    pages = page(browser)
    assert said(pages, FIRST) == [True, True]
    assert all('<details class="rules-notice" open>' in one for one in pages)
    assert all("Bleiben Sie beim Thema des Verfahrens." in one for one in pages)
    write(browser, forum)
    assert said(page(browser), FIRST) == [False, False]


def test_who_knew_older_rules_is_told_what_is_new(browser, page, forum, publish):
    write(browser, forum)
    publish()
    assert said(page(browser), FIRST) == [True, True]
    write(browser, forum, "Und eine Rampe daneben, bitte.")
    publish("Das Wort Sache hat nun Vorrang")
    pages = page(browser)
    assert said(pages, AGAIN) == said(pages, "Das Wort Sache hat nun Vorrang") == [True, True]
    write(browser, forum, "Ein Geländer wäre auch schön.")
    assert said(page(browser), AGAIN) == [False, False]


def test_who_sends_a_form_shown_before_has_not_seen_what_came_since(browser, page, forum, publish):
    before = browser.get(f"{forum.path}neu").text
    opened = clock.now()
    with clock.turned(opened + dt.timedelta(minutes=1)):
        publish()
    with clock.turned(opened + dt.timedelta(minutes=2)):
        values = dict.fromkeys(("title", "body"), "Ein Satz aus der alten Zeit")
        from_before = {**hidden_fields(before), **values}
        assert browser.post(f"{forum.path}neu", data=from_before).status_code == 303
    assert said(page(browser), FIRST) == [True, True]


def test_a_guest_sees_no_notice(client, page):
    assert said(page(client), FIRST) == [False, False]


def test_what_comes_by_a_job_shows_nobody_the_rules(session, anna, forum):
    draft = Draft("forum.post", "Per Brief", author=anna, module=forum)
    service.note_seen(session, draft)
    assert session.scalar(select(AuthorRecord.id)) is None


def test_an_older_version_never_replaces_a_newer_one(session, anna, publish):
    publish()
    session.info[SIGNALS] = Signals(seconds=0)
    draft = Draft("forum.post", "Text", author=anna)
    service.note_seen(session, draft)
    session.info[SIGNALS] = Signals(seconds=3_600)
    service.note_seen(session, draft)
    assert service.seen_by(session, anna.id) == 1


def test_an_edit_is_no_first_contribution(session, anna):
    session.info[SIGNALS] = Signals()
    service.note_seen(session, Draft("forum.post", "Text", author=anna, is_edit=True))
    assert service.seen_by(session, anna.id) == -1
