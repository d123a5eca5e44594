"""What is taken back is gone at the next request, in every process, from every memory."""

import datetime as dt
from dataclasses import replace

import pytest

from baukasten import clock, house
from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.identity import service as identity
from baukasten.identity import sessions
from baukasten.moderation.models import Measure
from baukasten.moderation.people.standing import judge
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import Role, Standing
from baukasten.tenants import plugins, service
from baukasten.testing.fixtures import Browser
from baukasten.web.platform import EXTENSION
from baukasten_forum import service as forum_service
from tests.forum.conftest import NOW, open_forum
from tests.house.towns import token_of

REASON = "Regel 3: persönlicher Angriff"
DESK = "/verwaltung/moderation/"


@pytest.fixture
def elsewhere(base_config, database_urls, contract):
    """Give the application as a second process has it, with a database and memories of its own."""
    opened = house.open_database(database_urls, contract, pool_size=2)
    made = create_app(base_config, opened)
    platform = made.extensions[EXTENSION]
    # It learns when the test says so; by itself it would once a second.
    end(made)
    platform.generations._stop.wait(1)
    yield made
    opened.close()


@pytest.fixture
def hear(app, elsewhere):
    """Let both processes hear of what changed, as they do at least every two seconds."""

    def do():
        for one in (app, elsewhere):
            one.extensions[EXTENSION].generations.refresh()

    return do


@pytest.fixture
def forum(database, town):
    return open_forum(database, town)


@pytest.fixture
def topic(database, town, forum, new_member):
    with database.session(town.id) as session:
        written = forum_service.open_topic(
            session, new_member(name="Anna"), forum, title="Treppe", body="Breite Stufen"
        )
        session.commit()
    return f"{forum.path}{written.topic_id}-{written.slug}"


@pytest.fixture
def browsers(app, elsewhere, sign_in, town):
    """Give browsers of one person, or of a guest, at both processes."""

    def make(member=None):
        made = []
        for one in (app, elsewhere):
            browser = Browser(one, one.response_class)
            browser.host = town.host
            if member is not None:
                sign_in(browser, member)
            made.append(browser)
        return made

    return make


def statuses(browsers, path):
    return [browser.get(path).status_code for browser in browsers]


def test_an_ended_session_is_over_at_the_next_request(database, town, new_member, browsers):
    member = new_member(Role.MODERATOR)
    both = browsers(member)
    assert statuses(both, DESK) == [200, 200]
    with database.session(town.id) as session:
        sessions.end_all(session, members.get(session, member.id).account_id or 0)
        session.commit()
    assert statuses(both, DESK) == statuses(both, "/konto/") == [303, 303]


def test_a_closed_account_is_nobody_at_the_next_request(database, town, new_member, browsers):
    member = new_member(Role.ADMIN)
    both = browsers(member)
    assert statuses(both, "/verwaltung/") == [200, 200]
    with database.session(town.id) as session:
        account_id = members.get(session, member.id).account_id or 0
        sessions.act_as(session, account_id)
        identity.close_account(session, account_id)
        session.commit()
    assert statuses(both, "/verwaltung/") == [303, 303]


def test_a_lost_role_is_lost_at_the_next_request(database, town, new_member, browsers):
    admin, member = new_member(Role.ADMIN), new_member(Role.MODERATOR)
    both = browsers(member)
    assert statuses(both, DESK) == [200, 200]
    with database.session(town.id) as session:
        members.set_roles(session, admin, member.id, {Role.CITIZEN})
        session.commit()
    assert statuses(both, DESK) == [403, 403]


@pytest.mark.parametrize("standing", [Standing.MUTED, Standing.SUSPENDED])
def test_a_measure_holds_at_the_next_request_also_for_a_form_opened_before(
    database, town, topic, new_member, browsers, standing
):
    admin, member = new_member(Role.ADMIN), new_member(Role.MODERATOR)
    both = browsers(member)
    values = [
        {"_token": token_of(one.get(topic).text), "body": "Noch etwas", "nonce": f"n{n}"}
        for n, one in enumerate(both)
    ]
    assert both[0].post(topic, data=values[0]).status_code == 303
    with database.session(town.id) as session:
        members.set_standing(session, admin, member.id, standing, reason=REASON)
        session.commit()
    again = [
        one.post(topic, data={**given, "nonce": "again", "body": "Und noch etwas"})
        for one, given in zip(both, values, strict=True)
    ]
    assert [answer.status_code for answer in again] == [403, 403]
    # Reading stays open, judging others does not.
    assert statuses(both, topic) == [200, 200]
    assert statuses(both, DESK) == [403, 403]


def test_the_suspended_are_out_on_all_devices_at_the_next_request_and_may_still_object(
    database, town, topic, new_member, browsers
):
    admin, member = new_member(Role.ADMIN), new_member(Role.MODERATOR, name="Mo")
    both = browsers(member)
    values = [
        {"_token": token_of(one.get(topic).text), "body": "Noch etwas", "nonce": f"n{n}"}
        for n, one in enumerate(both)
    ]
    assert statuses(both, DESK) == [200, 200]
    with database.session(town.id) as session:
        step = Step(Measure.SUSPEND, "Regel 2", "Hat in Beitrag 12 beleidigt.", rule_key="respect")
        judge(session, admin, member.id, step)
        session.commit()
    sent = [one.post(topic, data=given) for one, given in zip(both, values, strict=True)]
    assert [answer.status_code for answer in sent] == [403, 403]
    assert statuses(both, DESK) == [403, 403]
    # Reading, reporting and objecting stay open (SECURITY.md).
    assert statuses(both, topic) == statuses(both, "/konto/entscheidungen") == [200, 200]
    with clock.turned(clock.now()) as now, database.session(town.id) as session:
        until = now + dt.timedelta(days=2)
        judge(session, admin, member.id, replace(step, until=until))
        session.commit()
        assert statuses(both, DESK) == [403, 403]
    with clock.turned(until):
        assert statuses(both, DESK) == [200, 200]


def test_a_switched_off_plugin_is_gone_from_pages_and_memories(database, town, forum, topic, browsers, hear):
    guests = browsers()
    hear()
    assert statuses(guests, topic) == statuses(guests, topic) == [200, 200]
    with database.session(town.id) as session:
        plugins.switch_off(session, town, "forum")
        session.commit()
    hear()
    assert statuses(guests, topic) == statuses(guests, forum.path) == [404, 404]
    with database.session(town.id) as session:
        plugins.switch_on(session, town, "forum")
        session.commit()
    hear()
    assert statuses(guests, topic) == [200, 200]


def test_a_revoked_grant_works_like_switching_off(database, town, forum, topic, browsers, new_member, hear):
    guests, staff = browsers(), browsers(new_member(Role.ADMIN))
    hear()
    assert statuses(guests, topic) == [200, 200]
    with database.operator_session() as session:
        plugins.revoke(session, town.id, "forum")
        session.commit()
    hear()
    assert statuses(guests, topic) == statuses(staff, forum.path) == [404, 404]


def test_a_suspended_town_is_closed_to_everybody_and_in_every_memory(
    database, town, topic, browsers, new_member, hear
):
    guests, admins = browsers(), browsers(new_member(Role.ADMIN))
    paths = ("/", topic, "/sitemap.xml", "/api/v1/projects", "/suche/?q=Treppe")
    hear()
    for path in paths:
        assert statuses(guests, path) == statuses(guests, path) == [200, 200], path
    with database.operator_session() as session:
        service.suspend(session, town.id)
        session.commit()
    hear()
    for path in paths:
        for browser in (*guests, *admins):
            page = browser.get(path)
            assert page.status_code == 503, path
            assert "Treppe" not in page.text
    for browser in admins:
        assert browser.get("/verwaltung/").status_code == 503


def test_a_phase_that_ends_closes_forms_and_kept_pages_without_any_writing(
    database, town, new_member, browsers, hear
):
    with clock.turned(NOW) as hand:
        forum = open_forum(database, town)
        member = new_member()
        both, guests = browsers(member), browsers()
        hear()
        write = f"{forum.path}neu"
        assert statuses(both, write) == [200, 200]
        values = [
            {"_token": token_of(one.get(write).text), "title": "Zu spät", "body": "Text", "nonce": f"n{n}"}
            for n, one in enumerate(both)
        ]
        open_pages = [one.get(forum.path).text for one in guests]
        assert all(write in page for page in open_pages)
        with clock.turned(NOW + dt.timedelta(days=12)):
            hear()
            assert statuses(both, write) == [403, 403]
            sent = [one.post(write, data=given) for one, given in zip(both, values, strict=True)]
            assert [answer.status_code for answer in sent] == [403, 403]
            assert all(f'href="{write}"' not in one.get(forum.path).text for one in guests)
        assert hand is not None


def test_writing_in_one_process_makes_the_page_stale_in_the_other(
    database, town, forum, topic, browsers, new_member, hear, elsewhere
):
    here, there = browsers()
    author, _unused = browsers(new_member(name="Ben"))
    hear()
    assert "Ein neuer Gedanke" not in there.get(topic).text
    kept = elsewhere.extensions[EXTENSION].pages
    assert any(key[2] == topic for key in kept._pages)
    values = {"_token": token_of(author.get(topic).text), "body": "Ein neuer Gedanke", "nonce": "n1"}
    assert author.post(topic, data=values).status_code == 303
    assert "Ein neuer Gedanke" in author.get(topic).text
    assert "Ein neuer Gedanke" in here.get(topic).text, "the process that wrote knows at once"
    elsewhere.extensions[EXTENSION].generations.refresh()
    assert "Ein neuer Gedanke" in there.get(topic).text


def test_a_process_that_hears_nothing_serves_nothing_from_memory(
    town, forum, topic, browsers, hear, elsewhere, database, new_member
):
    _here, there = browsers()
    hear()
    there.get(topic)
    with database.session(town.id) as session:
        found = int(topic.rpartition("/")[2].partition("-")[0])
        forum_service.reply(session, new_member(), forum, found, body="Ein neuer Gedanke")
        session.commit()
    # The database is away from this process for longer than two seconds.
    elsewhere.extensions[EXTENSION].generations._asked_at -= 2.0
    assert "Ein neuer Gedanke" in there.get(topic).text
