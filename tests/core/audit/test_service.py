"""The audit log: complete, in order, and changed by nobody unnoticed."""

import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from baukasten.audit import hooks, service
from baukasten.plugin.refs import MemberRef

ANNA = MemberRef(7, "Anna")


@pytest.fixture
def owner(database_urls):
    engine = create_engine(database_urls.owner)
    yield engine
    engine.dispose()


@pytest.fixture
def three(session):
    for number in (1, 2, 3):
        service.record(session, ANNA, "projects.module.place", f"module:{number}", kind="forum")
    session.commit()
    return session


def tamper(owner, town, statement):
    with owner.begin() as connection:
        assert connection.execute(text(statement), {"town": town.id}).rowcount == 1


def test_deeds_are_read_newest_first_with_their_facts(three):
    found = service.entries(three)

    assert [(one.seq, one.actor_id, one.action, one.target, one.facts) for one in found] == [
        (number, 7, "projects.module.place", f"module:{number}", {"kind": "forum"}) for number in (3, 2, 1)
    ]
    assert [one.seq for one in service.entries(three, before=3, limit=1)] == [2]
    assert service.entries(three, actor_id=8) == []


def test_an_untouched_chain_is_whole_and_so_is_an_empty_one(three, database, other_town):
    assert service.verify(three) is None
    with database.session(other_town.id) as elsewhere:
        assert service.verify(elsewhere) is None


def test_each_town_counts_for_itself(three, database, other_town):
    with database.session(other_town.id) as elsewhere:
        service.record(elsewhere, None, "tenants.settings.write")
        elsewhere.commit()
        assert [(one.seq, one.actor_id) for one in service.entries(elsewhere)] == [(1, None)]


def test_a_deed_that_was_rolled_back_leaves_no_gap(three):
    service.record(three, ANNA, "projects.module.remove", "module:1")
    three.rollback()
    service.record(three, ANNA, "projects.module.remove", "module:2")
    three.commit()

    assert service.entries(three, limit=1)[0].seq == 4
    assert service.verify(three) is None


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit_entry SET target = 'module:9' WHERE tenant_id = :town AND seq = 2", 2),
        ("UPDATE audit_entry SET actor_member_id = 8 WHERE tenant_id = :town AND seq = 1", 1),
        ("UPDATE audit_entry SET at = at - interval '1 second' WHERE tenant_id = :town AND seq = 3", 3),
        ("UPDATE audit_entry SET facts = '{}' WHERE tenant_id = :town AND seq = 2", 2),
        ("UPDATE audit_entry SET hash = md5('x') WHERE tenant_id = :town AND seq = 1", 1),
        ("DELETE FROM audit_entry WHERE tenant_id = :town AND seq = 2", 2),
        ("DELETE FROM audit_entry WHERE tenant_id = :town AND seq = 3", 3),
        ("DELETE FROM audit_head WHERE tenant_id = :town", 4),
    ],
)
def test_what_the_owner_changes_by_hand_is_found(three, owner, town, change, broken):
    tamper(owner, town, change)

    assert service.verify(three) == broken


def test_a_rewritten_entry_is_found_at_its_successor(three, owner, town):
    tamper(
        owner,
        town,
        "UPDATE audit_entry SET target = 'x', hash = platform.audit_hash(previous, tenant_id, seq, at, "
        "actor_member_id, action, 'x', facts) WHERE tenant_id = :town AND seq = 2",
    )

    assert service.verify(three) == 3


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET target = ''",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
        "INSERT INTO audit_head (tenant_id, seq, hash) VALUES (platform.current_tenant(), 0, '')",
        "INSERT INTO platform.audit_entry (at, action, seq, previous, hash) VALUES (now(), 'x', 1, '', '')",
        "SELECT * FROM platform.audit_entry",
    ],
)
def test_the_role_that_serves_may_only_add_and_read(three, change):
    with pytest.raises(ProgrammingError, match="permission denied"):
        three.execute(text(change))


@pytest.mark.parametrize("table", ["audit_entry", "platform.audit_entry"])
def test_the_operator_changes_nothing_either(database, town, table):
    with (
        database.operator_session(town.id) as session,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        session.execute(text(f"UPDATE {table} SET target = ''"))  # noqa: S608


def test_nobody_chooses_the_place_or_the_hash_of_an_entry(three):
    three.execute(
        text(
            "INSERT INTO audit_entry (tenant_id, seq, at, action, previous, hash) "
            "VALUES (platform.current_tenant(), 99, now(), 'x', 'forged', 'forged')"
        )
    )
    three.commit()

    assert service.entries(three, limit=1)[0].seq == 4
    assert service.verify(three) is None


def test_twenty_writers_at_once_make_one_chain(database, town):
    def write() -> None:
        with database.session(town.id) as session:
            service.record(session, ANNA, "race")
            session.commit()

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.session(town.id) as session:
        assert [one.seq for one in service.entries(session)] == list(range(20, 0, -1))
        assert service.verify(session) is None


def test_recording_leaves_kept_pages_fresh(session, town):
    before = session.execute(text("SELECT value FROM platform.generation")).scalar_one()
    service.record(session, ANNA, "quiet")
    session.commit()

    assert session.execute(text("SELECT value FROM platform.generation")).scalar_one() == before


def test_operators_have_a_chain_of_their_own(database, owner):
    with database.operator_session() as session:
        service.record_platform(session, 3, "tenants.suspend", "tenant:5", reason="contract")
        session.commit()
        newest = service.platform_entries(session, limit=1)[0]
        assert (newest.actor_id, newest.action, newest.target, newest.facts) == (
            3, "tenants.suspend", "tenant:5", {"reason": "contract"},
        )  # fmt: skip
        assert service.verify_platform(session) is None
        session.rollback()

        with owner.begin() as connection:
            connection.execute(
                text("UPDATE platform.audit_entry SET actor_account_id = 4 WHERE seq = :s"), {"s": newest.seq}
            )
        assert service.verify_platform(session) == newest.seq
        session.rollback()
        with owner.begin() as connection:
            connection.execute(
                text("UPDATE platform.audit_entry SET actor_account_id = 3 WHERE seq = :s"), {"s": newest.seq}
            )
        assert service.verify_platform(session) is None


def test_a_member_gets_their_own_deeds_and_erasing_keeps_the_chain(three):
    assert [(one["action"], one["target"]) for one in hooks.export(three, 7)] == [
        ("projects.module.place", f"module:{number}") for number in (1, 2, 3)
    ]
    assert hooks.export(three, 8) == []
    assert hooks.erase(three, 7) == 0
    assert service.verify(three) is None
