"""Pages about members: name, list, roles, measures."""

import datetime as dt

from baukasten import clock
from baukasten.access import members
from baukasten.identity import service as identity
from baukasten.plugin.refs import Role, Standing
from tests.core.identity.conftest import there

DESK = "/verwaltung/mitglieder/"
REASON = "Rule 3: a personal attack in topic 12"


def page_of(answer):
    return answer.get_data(as_text=True)


def test_changing_ones_name(client, database, town, new_account, new_member, sign_in, post):
    account = new_account("Martha")
    sign_in(client, new_member(name="Martha", account=account))
    assert post(client, "/konto/name", display_name=" M.  Klein ").status_code == 303
    assert "M. Klein" in page_of(client.get("/konto/"))
    with database.session(town.id) as session:
        assert there(members.find(session, account)).display_name == "M. Klein"
    with database.session(None, account) as session:
        assert identity.own(session, account).display_name == "M. Klein"
    refused = post(client, "/konto/name", display_name="<script>alert(1)</script>")
    assert refused.status_code == 422
    assert "<script>alert" not in page_of(refused)
    assert "&lt;script&gt;alert" in page_of(refused)


def test_the_page_of_the_list_shows_names_and_no_addresses(client, new_account, new_member, sign_in):
    sign_in(client, new_member(Role.ADMIN, name="Boss"))
    new_member(name="Martha & Co", account=new_account(email="geheim@post.example"))
    body = page_of(client.get(f"{DESK}?q=martha"))
    assert "Martha &amp; Co" in body
    assert "Boss</bdi>" not in body
    assert "geheim@" not in page_of(client.get(DESK))
    assert client.get(f"{DESK}?role=operator&after=x").status_code == 200
    assert client.get(f"{DESK}?role=%00&q=%00").status_code == 200


def test_an_admin_gives_roles(client, database, town, new_member, sign_in, post):
    boss, person = new_member(Role.ADMIN), new_member(name="Martha")
    sign_in(client, boss)
    path = f"{DESK}{person.id}/"
    assert (
        post(client, f"{path}rollen", path, roles=["moderator", "resident"]).headers["Location"]
        == f"{path}?done=saved"
    )
    with database.session(town.id) as session:
        assert members.ref(session, person.id).roles == {Role.CITIZEN, Role.MODERATOR, Role.RESIDENT}
    assert 'role="status"' in page_of(client.get(f"{path}?done=saved"))
    assert post(client, f"{path}rollen", path, roles=["operator"]).status_code == 422
    assert post(client, f"{DESK}{boss.id}/rollen", path, roles=[]).status_code == 403


def test_a_moderator_sees_members_but_gives_no_roles(client, new_member, sign_in, post):
    person = new_member(name="Martha")
    sign_in(client, new_member(Role.MODERATOR))
    path = f"{DESK}{person.id}/"
    body = page_of(client.get(path))
    assert f'href="{path}stand"' in body
    assert f'action="{path}rollen"' not in body
    assert post(client, f"{path}rollen", path, roles=["moderator"]).status_code == 403


def test_a_measure_is_shown_with_its_reason_while_it_lasts(client, database, town, new_member, sign_in):
    person, boss = new_member(name="Martha"), new_member(Role.ADMIN)
    sign_in(client, boss)
    path = f"{DESK}{person.id}/"
    assert REASON not in page_of(client.get(path))
    until = clock.now() + dt.timedelta(hours=1)
    with database.session(town.id) as session:
        members.set_standing(session, boss, person.id, Standing.MUTED, reason=REASON, until=until)
        session.commit()
    assert REASON in page_of(client.get(path))
    with clock.turned(until):
        assert REASON not in page_of(client.get(path))


def test_a_member_of_another_town_answers_like_one_that_never_was(
    client, other_town, new_member, sign_in, post
):
    theirs = new_member(where=other_town, name="Geheim")
    sign_in(client, new_member(Role.ADMIN))
    foreign, never = client.get(f"{DESK}{theirs.id}/"), client.get(f"{DESK}999999999/")
    assert page_of(foreign).replace(f"/{theirs.id}/", "/999999999/") == page_of(never)
    assert (foreign.status_code, never.status_code) == (404, 404)
    assert post(client, f"{DESK}{theirs.id}/rollen", roles=["admin"]).status_code == 404
