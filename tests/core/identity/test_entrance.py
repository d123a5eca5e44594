"""Pages before signing in: same answers, buttons behind links, cookies bound to their host."""

import datetime as dt
import re

import pytest
from sqlalchemy import event

from baukasten import clock
from baukasten.identity import passwords, service, sessions
from baukasten.tenants import settings
from baukasten.web.visitors import SESSION_COOKIE
from tests.core.identity.conftest import PASSWORD, secret_in, there, token_in

REGISTRATION = {"display_name": "Martha Klein", "password": PASSWORD, "rules": "1"}
NOON = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def digest():
    return passwords.digest(PASSWORD)


@pytest.fixture
def statements(database):
    """Collect what the app asks of accounts, requests, counters and the queue, without the values."""
    sent = []
    # What else a page asks depends on what this process has in its caches.
    ours = re.compile(r"platform\.(token|account|session|find_account|count_hits)|jobs\.|membership")

    def note(_connection, _cursor, statement, *_rest):
        if ours.search(statement):
            sent.append(statement)

    event.listen(database.app, "before_cursor_execute", note)
    yield sent
    event.remove(database.app, "before_cursor_execute", note)


def without_token(response):
    return re.sub(r'name="_token" value="\w+"', "", response.get_data(as_text=True))


def test_registering_ends_with_a_signed_in_member(client, mailbox, post, town):
    answer = post(client, "/konto/registrieren", email="Neu@Post.example", **REGISTRATION)
    assert answer.status_code == 200
    assert client.get_cookie(SESSION_COOKIE, domain=town.host) is None
    [mail] = mailbox.to("neu@post.example")
    assert mail.subject == f"Bestätigen Sie Ihre Adresse für {town.name}"
    link = f"https://{town.host}/konto/bestaetigen/{secret_in(mail)}"
    assert link in mail.text
    assert link in mail.html
    # Following the link changes nothing, however often somebody's virus scanner does it.
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert client.head(link).status_code == 200
    assert "neu@post.example" in page.get_data(as_text=True)
    assert client.get("/konto/").status_code == 303
    entered = post(client, link.removeprefix(f"https://{town.host}"))
    assert (entered.status_code, entered.headers["Location"]) == (303, "/")
    account = client.get("/konto/")
    assert account.status_code == 200
    assert "Martha Klein" in account.get_data(as_text=True)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(("wanted", "target"), [("/beteiligung/", "/beteiligung/"), ("//evil.example/", "/")])
def test_registering_leads_back_to_where_somebody_wanted_to_write(client, mailbox, post, wanted, target):
    led = client.get(f"/konto/anmelden?next={wanted}").text
    assert (f'href="/konto/registrieren?next={wanted}"' in led) == (target != "/")
    address = f"zurueck-{len(wanted)}@post.example"
    post(client, f"/konto/registrieren?next={wanted}", email=address, **REGISTRATION)
    path = f"/konto/bestaetigen/{secret_in(mailbox.to(address)[0])}"
    assert post(client, path).headers["Location"] == target


def test_the_cookie_is_as_strict_as_cookies_get(client, town, post, new_account, digest):
    new_account(email="cookie@post.example", password_hash=digest)
    answer = post(client, "/konto/anmelden", email="cookie@post.example", password=PASSWORD)
    name, _, rest = answer.headers["Set-Cookie"].partition("=")
    assert name == "__Host-session"
    attributes = {part.strip().partition("=")[0] for part in rest.split(";")[1:]}
    assert attributes == {"Secure", "HttpOnly", "Path", "SameSite", "Max-Age", "Expires"}
    assert "SameSite=Lax" in rest
    assert "Path=/;" in f"{rest};"


def test_a_known_and_an_unknown_address_register_alike(
    client_of, town, post, new_account, mailbox, statements
):
    address = "doppelt@post.example"
    seen = []
    for known in (False, True):
        if known:
            new_account(email=address)
        client = client_of(town)
        del statements[:]
        answer = post(client, "/konto/registrieren", email=address, **REGISTRATION)
        cookies = [value for name, value in answer.headers if name == "Set-Cookie"]
        seen.append((answer.status_code, answer.get_data(), cookies, list(statements)))
    assert seen[0] == seen[1]
    assert len(seen[0][3]) == 3
    mails = mailbox.to(address)
    # Both letters are written after the account came into being, so both say the same.
    assert [mail.subject for mail in mails] == ["Sie haben schon ein Konto"] * 2
    assert "/konto/bestaetigen/" not in mails[0].text


def test_a_known_and_an_unknown_address_recover_alike(
    client_of, town, post, new_account, mailbox, statements
):
    address = "wieder@post.example"
    seen, mails = [], []
    for known in (False, True):
        if known:
            new_account(email=address)
        del statements[:]
        answer = post(client_of(town), "/konto/wiederherstellen", email=address)
        seen.append((answer.status_code, answer.get_data(), list(statements)))
        mails.append(len(mailbox.to(address)))
    assert seen[0] == seen[1]
    assert mails == [0, 1]


def test_a_known_and_an_unknown_address_fail_to_sign_in_alike(
    client_of, town, post, new_account, statements, monkeypatch, digest
):
    work = []
    verify = passwords.HASHER.verify

    class Counting:
        def verify(self, stored, password):
            work.append(stored.split("$")[1:4])
            return verify(stored, password)

    passwords.matches(None, "warm")
    monkeypatch.setattr(passwords, "HASHER", Counting())
    seen = []
    for known in (False, True):
        if known:
            new_account(email="falsch@post.example", password_hash=digest)
        del statements[:], work[:]
        answer = post(
            client_of(town), "/konto/anmelden", email="falsch@post.example", password="nicht richtig"
        )
        seen.append((answer.status_code, without_token(answer), list(statements), list(work)))
    assert seen[0] == seen[1]
    assert seen[0][0] == 422
    assert len(seen[0][3]) == 1


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(
    ("path", "values", "tries"),
    [
        ("/konto/anmelden", {"password": "nicht richtig"}, 10),
        ("/konto/registrieren", REGISTRATION, 5),
        ("/konto/wiederherstellen", {}, 5),
    ],
)
def test_the_throttle_is_the_same_for_all_and_opens_again(
    client, post, new_account, path, values, tries, known, monkeypatch
):
    monkeypatch.setattr(passwords, "HASHER", passwords.HASHER.__class__(1, 8, 1))
    monkeypatch.setattr(passwords, "_dummy", lambda: passwords.digest("nobody"))
    address = f"drossel-{known:d}-{tries}-{len(path)}@post.example"
    if known:
        new_account(email=address)
    with clock.turned(NOON):
        codes = [post(client, path, email=address.upper(), **values).status_code for _ in range(tries)]
        assert 429 not in codes
        refused = post(client, path, email=address, **values)
        assert refused.status_code == 429
        clock.forward(dt.timedelta(seconds=int(refused.headers["Retry-After"])))
        assert post(client, path, email=address, **values).status_code == codes[0]


def test_a_session_of_one_town_is_a_guest_in_another(client_of, town, other_town, new_member, sign_in):
    here, there = client_of(town), client_of(other_town)
    secret = sign_in(here, new_member())
    assert here.get("/konto/").status_code == 200
    there.set_cookie(SESSION_COOKIE, secret, domain=other_town.host, secure=True)
    assert there.get("/konto/").headers["Location"] == "/konto/anmelden?next=/konto/"
    console = client_of("betrieb.test")
    console.set_cookie(SESSION_COOKIE, secret, domain="betrieb.test", secure=True)
    assert console.get("/konto/").status_code == 303


def test_a_link_of_one_town_is_nothing_in_another(client_of, town, other_town, post, mailbox):
    post(client_of(town), "/konto/registrieren", email="fremd@post.example", **REGISTRATION)
    secret = secret_in(mailbox.to("fremd@post.example")[0])
    foreign = client_of(other_town).get(f"/konto/bestaetigen/{secret}")
    never = client_of(other_town).get("/konto/bestaetigen/" + "x" * len(secret))
    # A page names its own address and nothing else that would differ.
    assert foreign.get_data(as_text=True).replace(secret, "x" * len(secret)) == never.get_data(as_text=True)
    assert (foreign.status_code, never.status_code) == (404, 404)
    assert client_of(town).get(f"/konto/wiederherstellen/{secret}").status_code == 404
    # A link that is nobody's is not even worth looking at the form.
    form = {"_token": token_in(client_of(town).get("/konto/wiederherstellen").text), "password": ""}
    assert client_of(town).post(f"/konto/wiederherstellen/{secret}", data=form).status_code == 404


def test_links_in_mails_never_follow_the_request(app, client, town, post, mailbox):
    # Whoever asks with another Host is nobody's guest; what proxies claim is not believed.
    assert client.get("/konto/wiederherstellen", base_url="https://evil.example").status_code == 404
    page = client.get("/konto/registrieren").get_data(as_text=True)
    token = token_in(page)
    client.post(
        "/konto/registrieren",
        data={"_token": token, "email": "host@post.example", **REGISTRATION},
        headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"},
    )
    [mail] = mailbox.to("host@post.example")
    assert set(re.findall(r"https?://([^/\s\"]+)", mail.text + mail.html)) == {town.host}


def test_mails_speak_the_language_of_the_page(client, post, mailbox):
    post(client, "/en/konto/registrieren", email="english@post.example", **REGISTRATION)
    [mail] = mailbox.to("english@post.example")
    assert mail.language == "en"
    assert "/en/konto/bestaetigen/" in mail.text


@pytest.mark.parametrize(
    ("wanted", "target"),
    [("/beteiligung/", "/beteiligung/"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")],
)
def test_signing_in_leads_on_within_the_site(client, post, new_account, digest, wanted, target):
    account = f"weiter-{len(wanted)}@post.example"
    new_account(email=account, password_hash=digest)
    answer = post(client, f"/konto/anmelden?next={wanted}", email=account, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, target)


def test_signing_in_again_ends_the_session_before(client, town, database, post, new_account, digest):
    new_account(email="fix@post.example", password_hash=digest)
    secrets = []
    for _ in range(2):
        answer = client.get("/konto/anmelden")
        # Somebody who is signed in already is led on; the form is sent all the same.
        page = answer if answer.status_code == 200 else client.get("/konto/adresse")
        token = token_in(page.get_data(as_text=True))
        entered = client.post(
            "/konto/anmelden", data={"_token": token, "email": "fix@post.example", "password": PASSWORD}
        )
        assert entered.status_code == 303
        secrets.append(client.get_cookie(SESSION_COOKIE, domain=town.host).value)
    assert secrets[0] != secrets[1]
    with database.session(town.id) as session:
        assert sessions.find(session, secrets[0]) is None
        assert sessions.find(session, secrets[1]) is not None


def test_a_session_put_into_the_browser_by_somebody_else_does_not_become_theirs(
    client, town, database, post, new_account, new_member, sign_in, digest
):
    planted = sign_in(client, new_member())
    new_account(email="opfer@post.example", password_hash=digest)
    page = client.get("/konto/adresse").get_data(as_text=True)
    token = token_in(page)
    client.post(
        "/konto/anmelden", data={"_token": token, "email": "opfer@post.example", "password": PASSWORD}
    )
    mine = client.get_cookie(SESSION_COOKIE, domain=town.host).value
    assert mine != planted
    with database.session(town.id) as session:
        assert sessions.find(session, planted) is None
        assert there(sessions.find(session, mine)).email == "opfer@post.example"


def test_signing_out_ends_the_session_and_takes_the_cookie(client, town, database, new_member, sign_in, post):
    secret = sign_in(client, new_member())
    page = client.get("/konto/").get_data(as_text=True)
    assert 'action="/konto/abmelden"' in page
    assert client.get("/konto/abmelden").status_code == 405
    assert client.get("/konto/").status_code == 200
    token = token_in(page)
    answer = client.post("/konto/abmelden", data={"_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get_cookie(SESSION_COOKIE, domain=town.host) is None
    with database.session(town.id) as session:
        assert sessions.find(session, secret) is None


@pytest.mark.parametrize(
    ("wanted", "leads"),
    [("/umfrage/", "/umfrage/"), ("https://elsewhere.example/", "/"), ("//x.example", "/")],
)
def test_who_signs_out_goes_on_where_the_form_says_on_this_site(client, new_member, sign_in, wanted, leads):
    sign_in(client, new_member())
    token = token_in(client.get("/konto/").get_data(as_text=True))
    answer = client.post("/konto/abmelden", data={"_token": token, "next": wanted})
    assert answer.headers["Location"] == leads


def test_recovering_sets_a_password_and_ends_all_sessions(
    client, town, post, mailbox, new_account, new_member, sign_in
):
    account = new_account(email="vergessen@post.example")
    sign_in(client, new_member(account=account))
    post(client, "/konto/wiederherstellen", email="vergessen@post.example")
    secret = secret_in(mailbox.to("vergessen@post.example")[0])
    path = f"/konto/wiederherstellen/{secret}"
    assert post(client, path, password="kurz").status_code == 422
    assert client.get("/konto/").status_code == 200
    assert post(client, path, password=PASSWORD).status_code == 200
    assert client.get("/konto/").status_code == 303
    assert client.get(path).status_code == 404
    assert (
        post(client, "/konto/anmelden", email="vergessen@post.example", password=PASSWORD).status_code == 303
    )
    assert (
        next(mail.subject for mail in mailbox.to("vergessen@post.example")) == "Ihr Passwort wurde geändert"
    )


def test_the_console_lets_operators_in_and_nobody_register(client_of, database, post, new_account, digest):
    console = client_of("betrieb.test")
    account = new_account(email="betrieb@post.example", password_hash=digest)
    form = {"email": "betrieb@post.example", "password": PASSWORD}
    assert post(console, "/konto/anmelden", **form).status_code == 422
    with database.operator_session() as session:
        service.appoint_operator(session, account)
        session.commit()
    assert post(console, "/konto/anmelden", **form).headers["Location"] == "/betrieb/"
    assert console.get("/konto/").status_code == 200
    assert console.get("/konto/registrieren").status_code == 404


@pytest.mark.parametrize("path", ["/konto/anmelden", "/konto/registrieren", "/konto/wiederherstellen"])
def test_forms_work_without_script_and_say_what_is_wrong_at_the_field(client, post, path):
    page = client.get(path).get_data(as_text=True)
    assert "<script" not in re.sub(r"<script[^>]*\bsrc=[^>]*></script>", "", page)
    for field in re.findall(r"<input class=\"input\"[^>]*>", page):
        key = there(re.search(r'id="([^"]+)"', field))[1]
        assert f'<label for="{key}">' in page
    answer = post(client, path, email="keine adresse")
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in body
    assert 'href="#f-email"' in body
    assert 'value="keine adresse"' in body
    assert 'aria-invalid="true"' in body


def test_a_form_from_another_site_is_refused(client, new_account, digest):
    new_account(email="csrf@post.example", password_hash=digest)
    form = {"email": "csrf@post.example", "password": PASSWORD}
    assert client.post("/konto/anmelden", data=form).status_code == 403
    page = client.get("/konto/anmelden").get_data(as_text=True)
    token = token_in(page)
    foreign = client.post(
        "/konto/anmelden", data={**form, "_token": token}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403


def test_a_form_filled_in_by_a_machine_is_asked_for_once_more(client, mailbox, post, town):
    answer = post(client, "/konto/registrieren", email="falle@post.example", homepage="x", **REGISTRATION)
    assert answer.status_code == 422
    assert "noch einmal ab" in answer.text
    assert mailbox.to("falle@post.example") == []
    assert post(client, "/konto/registrieren", email="falle@post.example", **REGISTRATION).status_code == 200


def test_haste_is_asked_once_more_and_then_believed(client, mailbox, database, town):
    with database.session(town.id) as session:
        settings.write(session, "moderation.screening", {"least_seconds": 3})
        session.commit()
    begin = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
    sent = {"email": "eilig@post.example", **REGISTRATION}
    with clock.turned(begin):
        fields = guarded_fields(client.get("/konto/registrieren").text)
        hasty = client.post("/konto/registrieren", data={**sent, **fields})
    assert hasty.status_code == 422
    with clock.turned(begin + dt.timedelta(seconds=3)):
        again = client.post("/konto/registrieren", data={**sent, **guarded_fields(hasty.text)})
    assert again.status_code == 200
    assert len(mailbox.to("eilig@post.example")) == 1


def guarded_fields(page):
    """The hidden fields of a page's form, as a browser sends them."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
