"""Pages of one's own account."""

import re

import pytest

from baukasten.identity import passwords, service, sessions
from baukasten.web.visitors import SESSION_COOKIE
from tests.core.identity.conftest import PASSWORD, secret_in, there, token_in


@pytest.fixture(scope="module")
def digest():
    return passwords.digest(PASSWORD)


@pytest.fixture
def person(new_account, new_member, digest):
    """Give an address and the member of its account."""

    def make(email):
        return new_member(account=new_account(email=email, password_hash=digest))

    return make


@pytest.mark.parametrize("path", ["/konto/", "/konto/adresse", "/konto/passwort", "/konto/sitzungen"])
def test_guests_are_led_to_signing_in_and_back(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/konto/anmelden?next={path}")
    assert client.get("/en/konto/").headers["Location"] == "/en/konto/anmelden?next=/en/konto/"


def test_the_account_shows_ones_own_address_and_nobody_elses(client, person, sign_in):
    person("fremd-1@post.example")
    sign_in(client, person("eigen-1@post.example"))
    body = client.get("/konto/").get_data(as_text=True)
    assert "eigen-1@post.example" in body
    assert "fremd-1" not in body


def test_the_address_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told(
    client, post, person, sign_in, mailbox
):
    sign_in(client, person("alt@post.example"))
    wrong = post(client, "/konto/adresse", email="neu2@post.example", current="nicht richtig")
    assert wrong.status_code == 422
    assert post(client, "/konto/adresse", email="neu2@post.example", current=PASSWORD).status_code == 200
    [mail] = mailbox.to("neu2@post.example")
    assert mailbox.to("alt@post.example") == []
    path = f"/konto/bestaetigen/{secret_in(mail)}"
    assert "alt@post.example" in client.get("/konto/").get_data(as_text=True)
    assert post(client, path).status_code == 200
    assert "neu2@post.example" in client.get("/konto/").get_data(as_text=True)
    assert [mail.subject for mail in mailbox.to("alt@post.example")] == ["Ihre Adresse wurde geändert"]
    assert client.get(path).status_code == 404


def test_an_address_that_has_an_account_answers_alike_and_is_told(client, post, person, sign_in, mailbox):
    person("besetzt@post.example")
    sign_in(client, person("sucht@post.example"))
    free = post(client, "/konto/adresse", email="frei@post.example", current=PASSWORD)
    taken = post(client, "/konto/adresse", email="besetzt@post.example", current=PASSWORD)
    assert free.status_code == taken.status_code == 200
    assert free.get_data(as_text=True).replace("frei@", "besetzt@") == taken.get_data(as_text=True)
    [mail] = mailbox.to("besetzt@post.example")
    assert mail.subject == "Diese Adresse hat schon ein Konto"
    assert "/konto/bestaetigen/" not in mail.text


def test_changing_the_password_keeps_this_session_and_ends_the_others(
    client, client_of, town, post, person, sign_in, mailbox
):
    member = person("passwort@post.example")
    other = client_of(town)
    sign_in(other, member)
    sign_in(client, member)
    assert post(client, "/konto/passwort", current=PASSWORD, new="vier blaue Tassen").status_code == 200
    assert client.get("/konto/").status_code == 200
    assert other.get("/konto/").status_code == 303
    assert [mail.subject for mail in mailbox.to("passwort@post.example")] == ["Ihr Passwort wurde geändert"]


def test_sessions_are_listed_and_ended_from_the_next_request_on(
    client, client_of, town, post, person, sign_in
):
    member = person("liste@post.example")
    other = client_of(town)
    sign_in(other, member)
    sign_in(client, member)
    page = client.get("/konto/sitzungen").get_data(as_text=True)
    paths = re.findall(r'action="(/konto/sitzungen/\d+/beenden)"', page)
    assert len(paths) == 1
    token = token_in(page)
    assert other.get("/konto/").status_code == 200
    assert client.post(paths[0], data={"_token": token}).status_code == 303
    assert other.get("/konto/").status_code == 303
    assert client.get("/konto/").status_code == 200


def test_all_other_sessions_are_ended_at_once(client, client_of, town, database, person, sign_in):
    member = person("alle@post.example")
    others = [sign_in(client_of(town), member) for _ in range(3)]
    sign_in(client, member)
    page = client.get("/konto/sitzungen").get_data(as_text=True)
    token = token_in(page)
    client.post("/konto/sitzungen/beenden", data={"_token": token})
    with database.session(town.id) as session:
        assert [sessions.find(session, one) for one in others] == [None] * 3
    assert client.get("/konto/").status_code == 200


def test_somebody_elses_session_answers_like_one_that_never_was(
    client, client_of, town, database, person, sign_in
):
    theirs = sign_in(client_of(town), person("ihre@post.example"))
    with database.session(town.id) as session:
        target = there(sessions.find(session, theirs)).session_id
    sign_in(client, person("meine@post.example"))
    page = client.get("/konto/adresse").get_data(as_text=True)
    token = {"_token": token_in(page)}
    foreign = client.post(f"/konto/sitzungen/{target}/beenden", data=token)
    never = client.post("/konto/sitzungen/999999999/beenden", data=token)
    assert foreign.get_data(as_text=True).replace(f"/{target}/", "/999999999/") == never.get_data(
        as_text=True
    )
    assert (foreign.status_code, never.status_code) == (404, 404)
    with database.session(town.id) as session:
        assert sessions.find(session, theirs) is not None


def test_a_closed_account_is_signed_out_at_the_next_request(
    client, town, database, new_account, new_member, sign_in
):
    account = new_account()
    sign_in(client, new_member(account=account))
    assert client.get("/konto/").status_code == 200
    with database.session(None) as session:
        service.close_account(session, account)
        session.commit()
    assert client.get("/konto/").status_code == 303


def test_the_console_has_no_name_of_a_town(client_of, database, new_account):
    account = new_account()
    with database.operator_session() as session:
        service.appoint_operator(session, account)
        session.commit()
    with database.session(None) as session:
        secret = sessions.start(session, account)
        session.commit()
    console = client_of("betrieb.test")
    console.set_cookie(SESSION_COOKIE, secret, domain="betrieb.test", secure=True)
    page = console.get("/konto/")
    assert page.status_code == 200
    assert 'action="/konto/name"' not in page.get_data(as_text=True)
