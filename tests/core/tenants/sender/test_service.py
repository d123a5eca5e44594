"""Who a town's mails come from, and what is said while receivers would not believe it."""

import pytest
from sqlalchemy import update

from baukasten.mail.dkim import Algorithm
from baukasten.mail.models import MailKey
from baukasten.tenants import settings
from baukasten.tenants.sender import keys, service
from baukasten.web import i18n
from tests.statements import Statements

DOMAIN = "stadt.example"
NO_KEY = ["No key for signing mails of stadt.example has been made yet."]
NOT_FOUND = ["The DNS record of the key for stadt.example has not been found yet."]
UNREADABLE = ["The key for stadt.example cannot be read any more. Make a new one."]
LOST = ["The DNS record of the key for stadt.example is missing or was changed."]


def test_a_town_without_a_choice_sends_from_its_host_and_signs_nothing(session, town):
    sender = service.mail_sender(session)
    assert (sender.name, sender.address, sender.domain, sender.signer) == (
        town.name, f"beteiligung@{town.host}", town.host, None,
    )  # fmt: skip


def test_a_towns_choice_with_a_key_signs(carried, new_key):
    made = new_key()
    keys.activate(carried, DOMAIN, {made.id})
    sender = service.mail_sender(carried)
    assert (sender.name, sender.address, sender.domain) == ("Rathaus", f"newsletter@{DOMAIN}", DOMAIN)
    assert sender.signer is not None
    assert [key.selector for key in sender.signer.keys] == [made.selector]
    assert sender.signer.domain == DOMAIN


def test_a_domain_with_umlauts_signs_in_ascii(session):
    settings.write(session, "mail.sender", {"address": "post@köln.example"})
    assert service.mail_sender(session).domain == "xn--kln-sna.example"


def test_an_address_of_another_domain_has_no_key(carried, new_key):
    keys.activate(carried, DOMAIN, {new_key().id})
    settings.write(carried, "mail.sender", {"address": "post@other.example"})
    assert service.mail_sender(carried).signer is None
    assert service.sender_problems(carried) == [
        "No key for signing mails of other.example has been made yet."
    ]


def test_a_session_without_a_town_has_no_sender(database):
    with database.session(None) as session, pytest.raises(LookupError):
        service.mail_sender(session)


def test_problems_go_step_by_step(carried, new_key, publish, check, zone):
    assert service.sender_problems(carried) == NO_KEY
    check()
    assert service.sender_problems(carried) == NO_KEY
    made = new_key()
    assert service.sender_problems(carried) == NOT_FOUND
    check()
    assert service.sender_problems(carried) == NOT_FOUND
    publish(made)
    assert service.sender_problems(carried) == NOT_FOUND
    check()
    assert service.sender_problems(carried) == []
    zone.records = {}
    check()
    assert service.sender_problems(carried) == LOST
    publish(made)
    check()
    assert service.sender_problems(carried) == []


def test_a_check_that_gets_no_answers_keeps_nobody_from_sending(carried, new_key, publish, check, zone):
    made = new_key()
    publish(made)
    check()
    zone.silent = frozenset({f"{made.selector}._domainkey.{DOMAIN}"})
    check()
    assert service.sender_problems(carried) == []


def test_a_new_key_beside_the_active_one_is_no_problem(carried, new_key, publish, check):
    publish(new_key())
    check()
    new_key()
    new_key(Algorithm.ED25519)
    check()
    assert service.sender_problems(carried) == []


def test_a_key_that_cannot_be_read_is_a_problem(carried, new_key, publish, check):
    publish(new_key())
    check()
    carried.execute(update(MailKey).values(locked=b"something else that is long enough"))
    assert service.sender_problems(carried) == UNREADABLE


def test_where_no_server_carries_mails_away_nothing_is_a_problem(session):
    assert service.sender_problems(session) == []


def test_problems_are_told_in_the_readers_language(carried):
    with i18n.speaking(i18n.translator("de")):
        (problem,) = service.sender_problems(carried)
    assert problem == "Für stadt.example gibt es noch keinen Schlüssel, der Mails unterschreibt."


def test_another_town_neither_signs_nor_is_helped_by_the_first(
    carried, new_key, publish, check, database, other_town
):
    publish(new_key())
    check()
    with database.session(other_town.id) as foreign:
        foreign.contract = carried.contract
        settings.write(foreign, "mail.sender", {"address": f"newsletter@{DOMAIN}"})
        assert service.mail_sender(foreign).signer is None
        assert service.sender_problems(foreign) == NO_KEY


def test_the_sender_costs_few_statements(carried, new_key, publish, check, database):
    publish(new_key())
    check()
    with Statements(database.app) as seen:
        service.mail_sender(carried)
    assert len(seen) <= 6
