"""A check keeps what it found and lets the keys sign whose records it saw."""

import dataclasses
import datetime as dt

from baukasten import clock
from baukasten.mail.message import Sender
from baukasten.plugin.refs import TenantRef
from baukasten.tenants.sender import checking, keys, service
from baukasten.tenants.sender.findings import Finding

DOMAIN = "stadt.example"
AT = dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)


def known(session):
    row, _ = keys.find(session, DOMAIN)
    assert row is not None
    return row


def codes(session):
    return [one.code for one in Finding.read_all(known(session).findings)]


def signing(session):
    signer = service.mail_sender(session).signer
    return [] if signer is None else [key.selector for key in signer.keys]


def test_a_check_keeps_what_dns_said_and_when(carried, check, zone):
    zone.records = {(DOMAIN, "TXT"): ["v=spf1 -all"], (DOMAIN, "MX"): ["mx.stadt.example"]}
    with clock.turned(AT):
        check()
    row = known(carried)
    assert (row.checked_at, codes(carried)) == (AT, ["spf_good", "dmarc_missing", "mx_good"])

    zone.records = {}
    with clock.turned(AT + dt.timedelta(hours=1)):
        check()
    carried.refresh(row)
    assert (row.checked_at.hour, codes(carried)) == (11, ["spf_none", "dmarc_missing", "mx_missing"])


def test_a_check_lets_the_key_sign_whose_record_it_saw(carried, check, new_key, publish):
    first = new_key()
    check()
    assert service.mail_sender(carried).signer is None
    publish(first)
    check()
    assert signing(carried) == [first.selector]
    second = new_key()
    publish(second)
    check()
    assert signing(carried) == [second.selector]
    assert codes(carried)[:2] == ["dkim_good", "dkim_good"]


def test_the_daily_check_is_for_towns_with_keys(carried, check, new_key, zone):
    check(checking.check_again)
    assert (zone.asked, keys.find(carried, DOMAIN)[0]) == ([], None)
    new_key()
    check(checking.check_again)
    assert codes(carried)[0] == "dkim_missing"


def test_checks_are_ordered_once(carried, mailbox, zone):
    checking.order(carried)
    checking.order(carried)
    carried.commit()
    mailbox.tools["zones"] = lambda: zone
    mailbox.deliver()
    assert known(carried).checked_at is not None
    assert zone.asked.count((DOMAIN, "TXT")) == 1


def test_what_is_looked_at_follows_the_installation(base_config):
    town = TenantRef(1, "x", "X", "mitreden.x.example:8443", "de", "klar", "Europe/Berlin")
    sender = Sender("X", "post@x.example", "x.example")
    assert checking.plan_of(base_config, town, sender, []).senders == ("x.example",)
    taking = dataclasses.replace(base_config, answers_to="towns", smtp_url="smtp://mail.centre.example")
    plan = checking.plan_of(taking, town, sender, [])
    assert (plan.domain, plan.returns, plan.spf_terms) == (
        "x.example", "mitreden.x.example", ("a:mail.centre.example",),
    )  # fmt: skip
