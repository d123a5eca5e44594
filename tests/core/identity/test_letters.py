"""What the letters say, to whom, and from where."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.identity import letters, service, sessions, tokens
from baukasten.identity.models import Token
from baukasten.identity.tokens import Purpose
from baukasten.mail.transport import Refused
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.work import Work, begin
from tests.core.identity.conftest import secret_in


def ask(database, town: TenantRef | None, purpose, email, **values):
    with database.session(town.id if town else None) as session:
        tokens.ask(session, purpose, email, **values)
        session.commit()


@pytest.mark.parametrize("name", ["address_changed", "password_changed"])
def test_a_notice_carries_no_secret(name):
    assert "{" not in letters.NOTICES[name].path


def test_each_letter_says_the_same_in_text_and_html(database, town, mailbox, new_account):
    known = new_account(email="alle@brief.example")
    ask(database, town, Purpose.CONFIRM, "neu@brief.example", hash="x", name="N", language="de")
    ask(database, town, Purpose.CONFIRM, "alle@brief.example", hash="x", name="N", language="de")
    ask(database, town, Purpose.RECOVER, "alle@brief.example")
    ask(database, town, Purpose.CHANGE_EMAIL, "anders@brief.example", account_id=known)
    ask(database, town, Purpose.CHANGE_EMAIL, "alle@brief.example", account_id=new_account())
    mailbox.deliver()
    mails = mailbox.transport.list()
    assert len(mails) == 5
    for mail in mails:
        words = re.sub(r"<(?:title>[^<]*</title|[^>]+)>", " ", mail.html or "")
        missing = [line for line in mail.text.splitlines() if line.strip() and line.strip() not in words]
        assert missing == []
        assert mail.html.startswith("<!doctype html>")
        assert "{" not in mail.text
        assert (mail.language, mail.sender_name) == ("de", town.name)


def test_the_operators_letters_lead_to_the_operators_host(database, mailbox, new_account):
    new_account(email="leitung@brief.example")
    ask(database, None, Purpose.RECOVER, "leitung@brief.example")
    [mail] = mailbox.to("leitung@brief.example")
    assert set(re.findall(r"https?://([^/\s]+)", mail.text)) == {"betrieb.test"}
    assert mail.sender_name == "Baukasten"
    with database.session(None) as session:
        assert tokens.peek(session, secret_in(mail), Purpose.RECOVER).email == "leitung@brief.example"


def test_a_second_copy_of_a_letter_is_the_same_letter(database, town, mailbox):
    ask(database, town, Purpose.CONFIRM, "zweimal@brief.example", hash="x", name="N")
    with database.session(town.id) as session:
        [token_id] = session.scalars(select(Token.id).where(Token.email == "zweimal@brief.example"))
        begin(session, Work(1, 1, town, frozenset(), mailbox.tools))
        letters.send_letter(session, token_id=token_id)
        # The worker dies between sending and committing, so the queue runs the job again.
        session.rollback()
        begin(session, Work(1, 2, town, frozenset(), mailbox.tools))
        letters.send_letter(session, token_id=token_id)
        session.commit()
    second, first = mailbox.transport.list(to="zweimal@brief.example")
    assert (second.text, second.message_id) == (first.text, first.message_id)
    with database.session(town.id) as session:
        assert service.waiting(session, secret_in(first)).id == token_id


def test_the_link_works_before_the_letter_is_there(database, town, mailbox, monkeypatch):
    opened, put = [], type(mailbox.transport).send

    def read_at_once(transport, message):
        stored = put(transport, message)
        with database.session(town.id) as session:
            opened.append(service.waiting(session, secret_in(transport.read(stored))).email)
        return stored

    monkeypatch.setattr(type(mailbox.transport), "send", read_at_once)
    ask(database, town, Purpose.CONFIRM, "flink@brief.example", hash="x", name="N")
    mailbox.deliver()
    assert opened == ["flink@brief.example"]


def test_what_is_over_gets_no_letter(database, town, mailbox):
    with clock.turned(clock.now() - dt.timedelta(days=3)):
        ask(database, town, Purpose.CONFIRM, "spaet@brief.example", hash="x", name="N")
    assert mailbox.to("spaet@brief.example") == []


def test_a_request_that_is_answered_forgets_what_it_carried(database, town, mailbox, new_account):
    new_account(email="schon@brief.example")
    with database.session(town.id) as session:
        token = tokens.ask(session, Purpose.CONFIRM, "schon@brief.example", hash="secret hash", name="N")
        session.commit()
    assert len(mailbox.to("schon@brief.example")) == 1
    with database.session(town.id) as session:
        kept = session.get(Token, token.id)
        assert kept is not None
        assert (kept.data, kept.token_sha256, kept.used_at is None) == ({}, None, False)


def test_an_address_that_no_server_takes_is_given_up(database, town, mailbox, monkeypatch):
    def full(_transport, _message):
        raise Refused

    monkeypatch.setattr(type(mailbox.transport), "send", full)
    ask(database, town, Purpose.CONFIRM, "voll@brief.example", hash="x", name="N")
    mailbox.deliver()
    monkeypatch.undo()
    assert mailbox.to("voll@brief.example") == []


def test_a_notice_reaches_the_account_as_it_is(database, town, mailbox, new_account):
    account = new_account(email="notiz@brief.example")
    with database.session(town.id) as session:
        sessions.act_as(session, account)
        service._tell_changed(session, account, "en")
        session.commit()
    [mail] = mailbox.to("notiz@brief.example")
    assert (mail.subject, mail.language) == ("Your password has been changed", "en")
    assert f"https://{town.host}/en/konto/wiederherstellen\n" in mail.text
