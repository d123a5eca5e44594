"""The table of members: one per account and town, none in sight of another town."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from baukasten.plugin.refs import Role


def test_a_town_sees_its_own_members_only(database, town, other_town, new_member):
    mine, theirs = new_member(), new_member(where=other_town)
    with database.session(town.id) as session:
        assert session.scalars(text("SELECT id FROM membership")).all() == [mine.id]
        gone = session.execute(text("DELETE FROM membership WHERE id = :id"), {"id": theirs.id})
        assert gone.rowcount == 0
    with database.session(None) as session:
        assert session.scalars(text("SELECT id FROM membership")).all() == []


def test_nobody_joins_a_foreign_town(database, town, other_town, new_account):
    account = new_account()
    with database.session(town.id) as session, pytest.raises(ProgrammingError, match="row-level security"):
        session.execute(
            text("INSERT INTO membership (tenant_id, account_id, display_name) VALUES (:t, :a, 'x')"),
            {"t": other_town.id, "a": account},
        )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("standing = 'muted'", "reason"),
        ("standing = 'banned', standing_reason = 'x'", "standing"),
        ("""roles = '["operator"]'""", "roles"),
        ("""roles = '{"admin": true}'""", "roles"),
    ],
)
def test_the_database_refuses(database, town, new_member, change, constraint):
    member = new_member(Role.ADMIN)
    with (
        database.session(town.id) as session,
        pytest.raises(IntegrityError, match=f"ck_membership_{constraint}"),
    ):
        session.execute(text(f"UPDATE membership SET {change} WHERE id = :id"), {"id": member.id})  # noqa: S608


def test_addresses_are_given_for_own_members_only(database, town, other_town, new_account, new_member):
    mine = new_member(account=new_account(email="meins@post.example"))
    theirs = new_member(account=new_account(email="ihres@post.example"), where=other_town)
    asked = text("SELECT * FROM platform.member_addresses(:ids)")
    with database.session(town.id) as session:
        rows = session.execute(asked, {"ids": [mine.id, theirs.id]}).all()
        assert [tuple(row) for row in rows] == [(mine.id, "meins@post.example")]
    with database.session(None) as session:
        assert session.execute(asked, {"ids": [mine.id, theirs.id]}).all() == []
