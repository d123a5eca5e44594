"""Keys begin when they were seen, end when another follows, lie locked, and stay in their town."""

import datetime as dt

import dkim as dkimpy
import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Conflict, NotFound
from baukasten.keyring import Keyring
from baukasten.mail.dkim import Algorithm, record
from baukasten.mail.models import MailDomain, MailKey
from baukasten.tenants.sender import keys

DOMAIN = "stadt.example"
MAIL = b"From: a@stadt.example\r\nTo: b@post.example\r\nSubject: x\r\nDate: now\r\n\r\nGuten Tag\r\n"


def verify(mail, *known):
    """Ask the other implementation, with these keys in DNS."""
    zone = {
        f"{key.selector}._domainkey.{DOMAIN}.".encode(): record(Algorithm(key.algorithm), key.public).encode()
        for key in known
    }
    return dkimpy.verify(mail, dnsfunc=lambda name, **_: zone.get(name))


def signing(session):
    """Give what signs, which must be something."""
    signer = keys.signer(session, DOMAIN)
    assert signer is not None
    return signer


def selectors(signer):
    return [key.selector for key in signer.keys] if signer else []


def test_a_new_key_signs_nothing_before_its_record_was_seen(session, new_key):
    made = new_key()
    assert keys.signer(session, DOMAIN) is None
    assert keys.is_new(made)

    keys.activate(session, DOMAIN, set())
    assert keys.signer(session, DOMAIN) is None
    keys.activate(session, DOMAIN, {made.id})
    signer = signing(session)
    assert selectors(signer) == [made.selector]
    assert verify(signer.sign_message(MAIL), made)


def test_rotation_publishes_first_then_changes_over_and_forgets_the_old_secret(session, new_key):
    old = new_key()
    keys.activate(session, DOMAIN, {old.id})
    mails = [signing(session).sign_message(MAIL)]
    new = new_key()
    mails.append(signing(session).sign_message(MAIL))
    keys.activate(session, DOMAIN, {old.id, new.id})
    mails.append(signing(session).sign_message(MAIL))

    assert [mail.count(f"s={old.selector};".encode()) for mail in mails] == [1, 1, 0]
    assert [verify(mail, old, new) for mail in mails] == [True] * 3
    assert (old.locked, old.retired_at is None) == (None, False)
    assert new.active_since == old.retired_at


def test_the_old_record_is_needed_for_a_week(session, new_key):
    with clock.turned(dt.datetime(2026, 5, 4, 10, tzinfo=dt.UTC)):
        old = new_key()
        keys.activate(session, DOMAIN, {old.id})
        new = new_key()
        keys.activate(session, DOMAIN, {new.id})
        clock.forward(dt.timedelta(days=7, seconds=-1))
        assert [key.id for key in keys.find(session, DOMAIN)[1]] == [new.id, old.id]
        clock.forward(dt.timedelta(seconds=2))
        assert [key.id for key in keys.find(session, DOMAIN)[1]] == [new.id]


def test_both_kinds_stand_side_by_side_rsa_first(session, new_key):
    second, first = new_key(Algorithm.ED25519), new_key()
    keys.activate(session, DOMAIN, {first.id, second.id})
    signer = signing(session)
    assert selectors(signer) == [first.selector, second.selector]
    mail = signer.sign_message(MAIL)
    assert [dkimpy.DKIM(mail).verify(idx=place, dnsfunc=lambda name, **_: {
        f"{key.selector}._domainkey.{DOMAIN}.".encode(): record(Algorithm(key.algorithm), key.public).encode()
        for key in (first, second)
    }.get(name)) for place in (0, 1)] == [True, True]  # fmt: skip


def test_one_new_key_at_a_time(session, new_key):
    new_key()
    with pytest.raises(Conflict):
        new_key()
    session.rollback()
    new_key(Algorithm.ED25519)


def test_a_key_that_never_signed_can_be_given_up(session, new_key, other_town, database):
    first = new_key()
    with database.session(other_town.id) as foreign, pytest.raises(NotFound):
        keys.discard(foreign, None, first.id)
    keys.discard(session, None, first.id)
    assert (keys.find(session, DOMAIN)[1], first.locked) == ([], None)
    keys.activate(session, DOMAIN, {first.id})
    assert first.active_since is None
    second = new_key()
    keys.activate(session, DOMAIN, {second.id})
    for one in (first.id, second.id, 10**30 % 2**62):
        with pytest.raises(NotFound):
            keys.discard(session, None, one)


def test_every_step_stands_in_the_log(session, new_key):
    old = new_key()
    keys.activate(session, DOMAIN, {old.id})
    new = new_key()
    keys.activate(session, DOMAIN, {new.id})
    keys.activate(session, DOMAIN, {new.id})
    steps = [(entry.action.rpartition(".")[2], entry.target) for entry in audit.entries(session)]
    first, second = f"mail_key:{old.id}", f"mail_key:{new.id}"
    assert steps[::-1][-5:] == [
        ("make", first), ("activate", first), ("make", second), ("retire", first), ("activate", second),
    ]  # fmt: skip


def test_the_secret_lies_locked_and_only_this_town_can_open_it(session, new_key, town, other_town, database):
    made = new_key()
    keys.activate(session, DOMAIN, {made.id})
    session.commit()
    ring = session.contract.keyring
    assert ring.unlock(f"mail.dkim {town.id}", made.locked).startswith(b"\x30\x82")
    with pytest.raises(ValueError, match="locked"):
        ring.unlock(f"mail.dkim {other_town.id}", made.locked)
    with database.session(other_town.id) as foreign:
        assert keys.signer(foreign, DOMAIN) is None
        assert keys.find(foreign, DOMAIN) == (None, [])
        assert [foreign.scalar(select(func.count()).select_from(one)) for one in (MailDomain, MailKey)] == [
            0,
            0,
        ]
        keys.activate(foreign, DOMAIN, {made.id})
        own = keys.make(foreign, None, DOMAIN, Algorithm.ED25519)
        assert own.selector != made.selector
        foreign.rollback()


def test_a_key_of_another_secret_signs_nothing(session, new_key, caplog):
    made = new_key()
    keys.activate(session, DOMAIN, {made.id})
    session.flush()
    mine = session.contract
    session.contract = type(mine)(mine.manager, mine.registry, keyring=Keyring.of("another secret"))
    assert keys.signer(session, DOMAIN) is None
    assert "locked with another secret" in caplog.text


def test_loaded_keys_are_kept_until_they_change(session, new_key):
    made = new_key()
    keys.activate(session, DOMAIN, {made.id})
    first = keys.signer(session, DOMAIN)
    assert keys.signer(session, DOMAIN) is first
    second = new_key()
    keys.activate(session, DOMAIN, {second.id})
    assert selectors(keys.signer(session, DOMAIN)) == [second.selector]
    assert selectors(first) == [made.selector]


def test_a_domain_that_nobody_knows_has_no_keys(session):
    keys.activate(session, "unknown.example", {1})
    assert keys.find(session, "unknown.example") == (None, [])
    assert keys.signer(session, "unknown.example") is None
