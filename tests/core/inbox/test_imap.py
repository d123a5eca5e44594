"""A mailbox is emptied over the door: nothing is lost, nothing deleted, nothing taken twice."""

import dataclasses
from types import SimpleNamespace
from typing import cast
from urllib.parse import quote

import pytest

from baukasten.config import ConfigError
from baukasten.inbox import imap
from baukasten.inbox.door import TOOL as DOOR
from baukasten.inbox.door import Door
from baukasten.inbox.imap import Account
from baukasten.mail.incoming import reading
from baukasten.mail.incoming.reading import Envelope
from baukasten.mail.post import TOOL
from baukasten.plugin.work import Work, begin
from tests.core.inbox.clerk import plugin as clerk
from tests.core.inbox.imapd import PASSWORD, USER, Letters, serving

READ, PUT_ASIDE = "Baukasten/erledigt", "Baukasten/unlesbar"


@pytest.fixture
def visit(door):
    """Visits a mailbox once."""

    def do(store, through=None):
        with serving(store) as port:
            known = Account("127.0.0.1", port, USER, PASSWORD, "INBOX", tls=False)
            return imap.take_all(known, through or door)

    return do


@pytest.fixture
def bounce(mark, home):
    """Gives a report, as the mailbox of an installation holds it."""

    def make(matter, number=1, *, header="Delivered-To", local=""):
        address = f"{local or mark(None, matter, 'bounce')}@{home.host}"
        return (
            f"Return-Path: <>\nDelivered-To: alles@{home.host}\n{header}: {address}\n"
            f"From: MAILER-DAEMON@mx.example\nTo: alles@{home.host}\nSubject: failure notice\n"
            f"Message-ID: <{number}@mx.example>\n\n<leser@post.example>:\n550 5.1.1 unknown user\n"
        ).encode()

    return make


def test_letters_are_taken_and_moved(visit, bounce, post):
    store = Letters()
    store.put(bounce(7))
    store.put(bounce(8, 2, header="X-Original-To"))
    assert visit(store) == imap.Visit(taken=2)
    assert store.sizes() == {"INBOX": 0, READ: 2, PUT_ASIDE: 0}
    post.mails()
    assert clerk.REPORTS == [(0, 7, "5.1.1"), (0, 8, "5.1.1")]


@pytest.mark.parametrize(
    ("abilities", "left"), [(("MOVE", "UIDPLUS"), 0), (("UIDPLUS",), 0), ((), 1)], ids=["move", "copy", "old"]
)
def test_old_servers_lose_nothing_either(visit, bounce, abilities, left):
    store = Letters(capabilities=abilities)
    store.put(bounce(7))
    assert visit(store) == imap.Visit(taken=1)
    assert store.sizes() == {"INBOX": left, READ: 1, PUT_ASIDE: 0}
    assert visit(store) == imap.Visit()
    assert "EXPUNGE" not in store.commands


def test_folders_may_have_to_lie_below_the_inbox(visit, bounce):
    store = Letters(below_inbox=True)
    store.put(bounce(7))
    visit(store)
    visit(store)
    assert store.sizes() == {"INBOX": 0, "INBOX.Baukasten.erledigt": 1, "INBOX.Baukasten.unlesbar": 0}


def test_forged_and_unknown_recipients_are_put_aside(visit, bounce, mark):
    local = mark(None, 7, "bounce")
    store = Letters()
    store.put(bounce(7, local=local[:-2] + ("aa" if local[-2:] != "aa" else "bb")))
    store.put(b"From: a@b.example\nTo: info@stadt.example\nSubject: Frage\n\nGuten Tag\n")
    store.put(b"\xff\xfe\x00")
    assert visit(store) == imap.Visit(unreadable=3)
    assert store.sizes() == {"INBOX": 0, READ: 0, PUT_ASIDE: 3}
    assert clerk.REPORTS == []


def test_what_is_too_large_is_put_aside_unread(visit, bounce, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 100)
    store = Letters()
    store.put(bounce(7))
    assert visit(store) == imap.Visit(unreadable=1)
    assert store.commands.count("UID FETCH") == 1


@pytest.mark.parametrize("verb", ["UID MOVE", "UID FETCH", "LOGIN"])
def test_a_visit_that_breaks_off_is_made_good(visit, bounce, post, verb):
    store = Letters(dies_at=verb)
    store.put(bounce(7))
    with pytest.raises(Exception, match=r"EOF|closed|error|reset|abort"):
        visit(store)
    assert store.folders["INBOX"]
    assert visit(store) == imap.Visit(taken=1)
    post.mails()
    assert clerk.REPORTS == [(0, 7, "5.1.1")]


def test_a_letter_stays_where_nobody_can_take_it_now(visit, bounce, house):
    class Closed:
        def take(self, _raw, _envelope):
            raise ConfigError("no database")

    store = Letters()
    store.put(bounce(7))
    assert visit(store, Closed()) == imap.Visit(left=1)
    assert store.sizes() == {"INBOX": 1, READ: 0, PUT_ASIDE: 0}
    assert visit(store) == imap.Visit(taken=1)


def test_letters_that_cannot_be_taken_now_starve_no_others(bounce, monkeypatch):
    monkeypatch.setattr(imap, "MOST", 2)
    asked = []

    class Suspended:
        def take(self, raw, _envelope):
            asked.append(raw)
            if b"<9@" not in raw:
                raise ConfigError("suspended")

    store = Letters()
    for number in (1, 2, 3, 9):
        store.put(bounce(7, number))
    with serving(store) as port:
        known = Account("127.0.0.1", port, USER, PASSWORD, "INBOX", tls=False)
        visits = [imap.take_all(known, cast("Door", Suspended())) for _ in range(4)]
    assert visits == [imap.Visit(left=4), imap.Visit(taken=1, left=3), imap.Visit(left=3), imap.Visit(left=3)]
    told = [int(raw.partition(b"Message-ID: <")[2].partition(b"@")[0]) for raw in asked]
    assert told == [1, 2, 3, 9, 1, 2, 3, 1]


def test_a_wrong_password_takes_nothing(door):
    store = Letters()
    with serving(store) as port, pytest.raises(Exception, match="wrong"):
        imap.take_all(Account("127.0.0.1", port, USER, "falsch", "INBOX", tls=False), door)


def test_the_job_visits_what_the_settings_name(house, door, post, settings_of_mail, bounce):
    store = Letters()
    store.put(bounce(7))
    with serving(store) as port, house.session(None) as session:
        for url in ("", f"imap://{quote(USER)}:{quote(PASSWORD)}@127.0.0.1:{port}/INBOX"):
            config = dataclasses.replace(settings_of_mail, imap_url=url)
            tools = {TOOL: SimpleNamespace(config=config), DOOR: door}
            begin(session, Work(1, 1, None, frozenset(), tools))
            imap.poll(session)
    assert store.sizes() == {"INBOX": 0, READ: 1, PUT_ASIDE: 0}


def test_an_account_is_read_from_its_address():
    assert imap.account("imaps://post%40stadt.example:a%2Fb@mail.example/Berichte/Neu") == Account(
        "mail.example", 993, "post@stadt.example", "a/b", "Berichte/Neu", tls=True
    )
    assert imap.account("imap://a:b@mail.example") == Account(
        "mail.example", 143, "a", "b", "INBOX", tls=False
    )
    assert "a/b" not in repr(imap.account("imaps://post:a%2Fb@mail.example"))


@pytest.mark.parametrize(
    "url",
    ["imaps://mail.example", "https://a:geheim@mail.example", "imaps://a:geheim@mail.example:x/", "geheim"],
)
def test_a_wrong_address_is_named_without_its_password(url):
    with pytest.raises(ConfigError) as error:
        imap.account(url)
    assert "geheim" not in str(error.value)


def test_the_envelope_is_read_from_the_headers(mark):
    local = mark(None, 7, "bounce")
    raw = f"Return-Path: <a@b.example>\nX-Original-To: alle@x.example\nDelivered-To: {local}@x.example\n\n"
    assert imap.envelope_of(raw.encode()) == Envelope(f"{local}@x.example", "a@b.example")
    assert imap.envelope_of(b"Subject: x\n\n") == Envelope("", None)
