"""The tables of the room identity and who may read them."""

import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from baukasten import clock
from baukasten.identity import sessions, tokens
from baukasten.identity.tokens import Purpose


def count(session, table):
    return session.scalar(text(f"SELECT count(*) FROM platform.{table}"))  # noqa: S608 - names of this file


def test_the_app_reads_no_account_without_acting_for_it(database, town, new_account):
    account = new_account()
    with database.session(town.id) as session:
        sessions.start(session, account)
        assert count(session, "account") == 1
        session.commit()
    with database.session(town.id) as session:
        assert [count(session, table) for table in ("account", "session")] == [0, 0]
    with database.session(None) as session:
        assert [count(session, table) for table in ("account", "session")] == [0, 0]


def test_the_app_acts_for_one_account_only(database, new_account):
    mine, theirs = new_account(), new_account()
    with database.session(None) as session:
        sessions.act_as(session, mine)
        assert session.scalars(text("SELECT id FROM platform.account")).all() == [mine]
        changed = session.execute(
            text("UPDATE platform.account SET display_name = 'x' WHERE id = :id"), {"id": theirs}
        )
        assert changed.rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM platform.rate_limit",
        "DELETE FROM platform.account",
        "UPDATE platform.account SET is_operator = true",
        "UPDATE platform.account SET confirmed_at = now()",
        "INSERT INTO platform.account (email) VALUES ('a@b.example')",
        "UPDATE platform.session SET expires_at = 'infinity'",
        "UPDATE platform.session SET tenant_id = NULL",
        "DELETE FROM platform.token",
        "UPDATE platform.token SET expires_at = 'infinity'",
    ],
)
def test_the_app_may_not(database, new_account, statement):
    account = new_account()
    with database.session(None) as session:
        sessions.act_as(session, account)
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))


@pytest.mark.parametrize("columns", ["email", "password_hash", "*"])
def test_the_operator_sees_no_address_and_no_password(database, new_account, columns):
    new_account()
    with database.operator_session() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"SELECT {columns} FROM platform.account"))  # noqa: S608 - names of this file


@pytest.mark.parametrize("table", ["session", "token", "rate_limit"])
def test_the_operator_sees_no_session_and_no_request(database, table):
    with database.operator_session() as session, pytest.raises(ProgrammingError, match="permission denied"):
        count(session, table)


def test_a_town_sees_its_own_requests_only(database, town, other_town):
    with database.session(town.id) as session:
        tokens.ask(session, Purpose.RECOVER, "mine@post.example")
        session.commit()
        assert count(session, "token") == 1
    for scope in (other_town.id, None):
        with database.session(scope) as session:
            addresses = session.scalars(text("SELECT email FROM platform.token")).all()
            assert "mine@post.example" not in addresses


def test_a_town_cannot_leave_a_request_with_another(database, town, other_town):
    with database.session(town.id) as session, pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(
            text(
                "INSERT INTO platform.token (purpose, email, tenant_id, expires_at) "
                "VALUES ('confirm', 'a@b.example', :other, now())"
            ),
            {"other": other_town.id},
        )


def test_an_address_is_stored_in_small_letters(database):
    with database.session(None) as session, pytest.raises(IntegrityError, match="email_lower"):
        session.execute(text("SELECT platform.create_account('A@b.example', NULL, 'A', now())"))


def test_tidying_forgets_what_is_over_and_keeps_the_rest(database, town, new_account):
    account, now = new_account(), clock.now()
    with database.session(town.id) as session:
        sessions.start(session, account)
        tokens.ask(session, Purpose.RECOVER, "tidy@post.example")
        session.commit()
    with database.session(town.id) as session:
        for days, left in ((6, (1, 1)), (9, (1, 0)), (36, (1, 0)), (38, (0, 0))):
            session.execute(
                text("SELECT platform.tidy_identity(:moment)"), {"moment": now + dt.timedelta(days=days)}
            )
            sessions.act_as(session, account)
            assert (count(session, "session"), count(session, "token")) == left
        session.rollback()
