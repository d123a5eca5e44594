"""Sessions: one host, an end, and a revocation that counts at once."""

import datetime as dt

import pytest

from baukasten import clock, ids
from baukasten.errors import NotFound
from baukasten.identity import sessions
from baukasten.identity.models import SignIn
from tests.core.identity.conftest import there

START = dt.datetime(2026, 5, 3, 12, 0, tzinfo=dt.UTC)


def start(database, town, account):
    with database.session(town.id if town else None) as session:
        secret = sessions.start(session, account, host="h.test", user_agent="x" * 999)
        session.commit()
    return secret


def find(database, town, secret):
    with database.session(town.id if town else None) as session:
        return sessions.find(session, secret)


def test_only_the_hash_is_stored(database, town, new_account):
    account = new_account()
    secret = start(database, town, account)
    with database.session(town.id, account) as session:
        row = session.query(SignIn).one()
        assert (row.token_sha256, row.tenant_id, row.host) == (ids.sha256(secret), town.id, "h.test")
        assert len(row.user_agent) == sessions.LONGEST_AGENT
        assert secret not in repr(vars(row))


def test_a_session_of_one_town_is_nothing_in_another_and_at_the_console(
    database, town, other_town, new_account
):
    account = new_account()
    secret = start(database, town, account)
    assert there(find(database, town, secret)).account_id == account
    assert find(database, other_town, secret) is None
    assert find(database, None, secret) is None


@pytest.mark.parametrize("secret", ["", "x", "' OR true --", "\x00" * 3 + "ü"])
def test_a_made_up_secret_is_nobody(database, town, secret):
    assert find(database, town, secret) is None


def test_a_session_ends_after_its_life_and_after_idling(database, town, new_account):
    account = new_account()
    with clock.turned(START):
        secret = start(database, town, account)
        clock.forward(sessions.IDLE - dt.timedelta(seconds=1))
        identity = find(database, town, secret)
        assert identity is not None
        sessions.touch(database, identity, START)
        clock.forward(sessions.IDLE - dt.timedelta(seconds=1))
        assert find(database, town, secret) is not None
        sessions.touch(database, identity, START)
        clock.set_to(START + sessions.LIFE - dt.timedelta(seconds=1))
        assert find(database, town, secret) is not None
        clock.forward(dt.timedelta(seconds=1))
        assert find(database, town, secret) is None
    with clock.turned(START):
        idle = start(database, town, account)
        clock.forward(sessions.IDLE)
        assert find(database, town, idle) is None


def test_being_seen_is_noted_every_ten_minutes_at_most(database, town, new_account):
    account = new_account()

    def seen():
        with database.session(None, account) as session:
            return session.query(SignIn).one().last_seen_at

    with clock.turned(START):
        identity = find(database, town, start(database, town, account))
        clock.forward(sessions.SEEN_EVERY - dt.timedelta(seconds=1))
        sessions.touch(database, identity, START)
        assert seen() == START
        now = clock.forward(dt.timedelta(seconds=1))
        sessions.touch(database, identity, START)
        assert seen() == now


def test_ending_counts_at_the_next_question(database, town, new_account):
    account = new_account()
    first, second = start(database, town, account), start(database, town, account)
    with database.session(town.id, account) as session:
        sessions.end(session, account, there(sessions.find(session, first)).session_id)
        session.commit()
    assert find(database, town, first) is None
    assert find(database, town, second) is not None


def test_nobody_ends_somebody_elses_session(database, town, new_account):
    mine, theirs = new_account(), new_account()
    secret = start(database, town, theirs)
    target = there(find(database, town, secret)).session_id
    with database.session(town.id, mine) as session:
        with pytest.raises(NotFound):
            sessions.end(session, mine, target)
        session.commit()
    assert find(database, town, secret) is not None


def test_ending_all_spares_what_is_said(database, town, other_town, new_account):
    account = new_account()
    here, also, elsewhere = (
        start(database, town, account),
        start(database, town, account),
        start(database, other_town, account),
    )
    with database.session(town.id, account) as session:
        assert [one.host for one in sessions.list_own(session, account)] == ["h.test"] * 3
        assert sessions.end_all(session, account, tenant_id=other_town.id) == 1
        keep = there(sessions.find(session, here)).session_id
        assert sessions.end_all(session, account, keep=keep) == 1
        assert [one.id for one in sessions.list_own(session, account)] == [keep]
        session.commit()
    assert find(database, town, here) is not None
    assert [find(database, town, also), find(database, other_town, elsewhere)] == [None, None]
