"""The gate's checks: one statement for a signed-in page, none for a guest, refusals at once."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.access import members
from baukasten.identity import sessions
from baukasten.identity.models import SignIn
from baukasten.plugin.refs import Role, Standing
from baukasten.web.platform import EXTENSION
from baukasten.web.visitors import SESSION_COOKIE
from tests.core.identity.conftest import there

DESK = "/verwaltung/mitglieder/"


def test_a_guest_asks_nothing_about_persons(client, statements):
    with statements() as seen:
        client.get("/konto/anmelden")
    assert [one for one in seen if "find_session" in one or "membership" in one] == []


def test_a_signed_in_page_asks_once(app, client, new_member, sign_in, statements):
    sign_in(client, new_member(Role.ADMIN))
    # What this process remembers of the town is trusted again after the next question.
    app.extensions[EXTENSION].generations.refresh()
    client.get(DESK)
    with statements() as seen:
        assert client.get(DESK).status_code == 200
    assert sum("find_session" in one for one in seen) == 1
    about_members = [one for one in seen if "membership" in one]
    assert len(about_members) == 2
    assert len(seen) <= 6, seen


def test_signing_in_at_a_further_town_makes_a_member_there(
    client_of, database, town, other_town, new_account, new_member
):
    account = new_account("Martha Klein")
    new_member(name="M.", account=account)
    with database.session(other_town.id) as session:
        assert members.find(session, account) is None
        secret = sessions.start(session, account)
        session.commit()
    browser = client_of(other_town)
    browser.set_cookie(SESSION_COOKIE, secret, domain=other_town.host, secure=True)
    for _ in range(2):
        assert "Martha Klein" in browser.get("/konto/").get_data(as_text=True)
    with database.session(other_town.id) as session:
        assert there(members.find(session, account)).display_name == "Martha Klein"
        assert session.scalar(text("SELECT count(*) FROM membership")) == 1


def test_whose_membership_was_erased_is_signed_out_with_the_session(
    client, database, town, new_account, new_member, sign_in
):
    account = new_account()
    member = new_member(account=account)
    sign_in(client, member)
    with database.session(town.id) as session:
        members.erase(session, member.id)
        sessions.end_all(session, account, tenant_id=town.id)
        session.commit()
    assert client.get("/konto/").status_code == 303


def test_a_lost_role_counts_at_the_next_request(client, database, town, new_member, sign_in):
    boss, second = new_member(Role.ADMIN), new_member(Role.ADMIN)
    sign_in(client, boss)
    assert client.get(DESK).status_code == 200
    with database.session(town.id) as session:
        members.set_roles(session, second, boss.id, [])
        session.commit()
    assert client.get(DESK).status_code == 403


def test_a_suspended_moderator_is_no_staff(client, database, town, new_member, sign_in):
    boss, moderator = new_member(Role.ADMIN), new_member(Role.MODERATOR)
    sign_in(client, moderator)
    assert client.get(DESK).status_code == 200
    with database.session(town.id) as session:
        members.set_standing(
            session, boss, moderator.id, Standing.SUSPENDED, reason="Rule 3: a personal attack"
        )
        session.commit()
    assert client.get(DESK).status_code == 403
    assert client.get("/konto/").status_code == 200


@pytest.mark.parametrize(
    ("roles", "code"),
    [(None, 303), ((), 403), ((Role.RESIDENT,), 403), ((Role.MODERATOR,), 200), ((Role.ADMIN,), 200)],
)
def test_a_page_that_needs_a_permission(client, new_member, sign_in, roles, code):
    if roles is not None:
        sign_in(client, new_member(*roles))
    answer = client.get(DESK)
    assert answer.status_code == code
    if code == 303:
        assert answer.headers["Location"] == f"/konto/anmelden?next={DESK}"


def test_roles_of_one_town_are_none_in_another(client_of, other_town, new_account, new_member, sign_in):
    account = new_account()
    new_member(Role.ADMIN, account=account)
    there = new_member(account=account, where=other_town)
    browser = client_of(other_town)
    sign_in(browser, there, other_town)
    assert browser.get(DESK).status_code == 403


def test_a_guests_post_is_refused_and_not_led_away(client):
    page = client.get("/konto/anmelden").get_data(as_text=True)
    token = page.split('name="_token" value="')[1].split('"')[0]
    assert client.post("/konto/name", data={"_token": token, "display_name": "X"}).status_code == 403


def test_a_page_that_is_read_notes_being_seen_now_and_then(
    client, database, new_account, new_member, sign_in
):
    account = new_account()
    with clock.turned(dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)):
        sign_in(client, new_member(account=account))
        moment = clock.forward(dt.timedelta(minutes=11))
        client.get("/konto/")
        with database.session(None, account) as session:
            assert session.query(SignIn).one().last_seen_at == moment


@pytest.mark.parametrize("cookie", ["", "x", "\"'; DROP TABLE", "ü" * 500])
def test_a_cookie_that_is_nobodys_is_a_guests(client, town, cookie):
    client.set_cookie(SESSION_COOKIE, cookie, domain=town.host, secure=True)
    assert client.get("/konto/").status_code == 303
    assert client.get("/konto/anmelden").status_code == 200


def test_members_pages_do_not_exist_at_the_console(client_of):
    assert client_of("betrieb.test").get(DESK).status_code == 404
