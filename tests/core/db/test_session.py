"""Sessions have a scope that the database is told, refuse work without one, and say what they changed."""

import pytest
from sqlalchemy import delete, exists, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import aliased

from baukasten.access.models import Membership
from baukasten.db.session import MissingTenantError
from baukasten.moderation.models import Case
from baukasten.projects.models import Project
from baukasten.tenants.models import Host, SettingValue, Tenant

TOLD = text("SELECT current_setting('app.tenant_id', true), current_setting('app.account_id', true)")
GENERATION = text("SELECT value FROM platform.generations() WHERE tenant_id = :town")


def setting(key="made", **more):
    return SettingValue(group_key=key, values={"a": 1}, **more)


def generation(database, town):
    with database.session(None) as session:
        return session.scalar(GENERATION, {"town": town.id})


def told(session):
    return tuple(session.execute(TOLD).one())


def test_scope_is_told_in_every_transaction(database, town):
    with database.session(town.id, 7) as session:
        assert told(session) == (str(town.id), "7")
        session.commit()
        assert told(session) == (str(town.id), "7")
        session.rollback()
        assert told(session) == (str(town.id), "7")


def test_next_user_of_a_connection_learns_nothing_of_the_last(database, town):
    for scope, wanted in ((town.id, (str(town.id), "7")), (None, ("", ""))):
        with database.session(scope, 7 if scope else None) as session:
            # One connection after the other comes out of the same pool.
            assert told(session) == wanted
            session.commit()
    with database.app.connect() as connection:
        assert connection.execute(TOLD).one()[0] in (None, "")


def test_changing_the_scope_ends_the_transaction(database, town, other_town):
    with database.session(town.id) as session:
        session.add(setting())
        session.flush()
        session.act_for(other_town.id)
        assert told(session) == (str(other_town.id), "")
        assert session.scalars(select(SettingValue).where(SettingValue.group_key == "made")).all() == []
        session.act_for(town.id)
        assert session.scalars(select(SettingValue).where(SettingValue.group_key == "made")).all() == []


def test_rows_get_their_tenant_by_themselves(session, town):
    row = setting()
    session.add(row)
    session.flush()
    assert row.tenant_id == town.id


def test_row_that_names_another_tenant_is_refused_by_the_database(session, other_town):
    session.add(setting(tenant_id=other_town.id))
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.flush()


member, project = aliased(Membership), select(Project.id).subquery()
QUERIES = {
    "rows": (select(Membership), "membership"),
    "one column": (select(Membership.display_name), "membership"),
    "count": (select(func.count()).select_from(Membership), "membership"),
    "alias": (select(member.id), "membership"),
    "join from the platform": (
        select(Tenant.id).join(Membership, Membership.tenant_id == Tenant.id),
        "membership",
    ),
    "subquery": (select(project.c.id), "project"),
    "common table expression": (select(select(Project.id).cte("found").c.id), "project"),
    "exists": (select(literal(1)).where(exists().where(Project.state == "draft")), "project"),
    "scalar subquery": (select(Tenant.id, select(func.max(Project.id)).scalar_subquery()), "project"),
    "in": (select(Tenant.id).where(Tenant.id.in_(select(Project.tenant_id))), "project"),
    "union": (select(Tenant.id).union(select(Project.id)), "project"),
    "insert": (insert(Project).values(slug="a", title="A"), "project"),
    "insert from select": (insert(Tenant).from_select(["slug"], select(Project.slug)), "project"),
    "update": (update(Project).values(title="A"), "project"),
    "delete": (delete(Project), "project"),
}


@pytest.mark.parametrize("name", QUERIES)
def test_query_without_a_tenant_is_refused_and_names_the_table(database, name):
    statement, table = QUERIES[name]
    with database.session(None) as session:
        with pytest.raises(MissingTenantError) as refused:
            session.execute(statement)
        assert str(refused.value) == f"the table {table} belongs to a tenant, and no tenant is set"


def test_getting_and_adding_without_a_tenant_are_refused_too(database, town):
    with database.session(None) as session:
        with pytest.raises(MissingTenantError, match="the table setting_value"):
            session.get(SettingValue, (town.id, 1))
        session.add(setting())
        with pytest.raises(MissingTenantError, match="SettingValue belongs to a tenant"):
            session.flush()


def test_platforms_tables_need_no_tenant_and_show_nothing_without_one(database, town):
    with database.session(None) as session:
        assert session.scalars(select(Tenant)).all() == []
        assert session.scalars(select(Host)).all() == []


def test_operator_sees_all_towns_and_no_rows_of_a_town(database, town, other_town):
    with database.operator_session() as session:
        assert {town.id, other_town.id} <= set(session.scalars(select(Tenant.id)))
        assert session.execute(text("SELECT count(*) FROM plugin_switch")).scalar() == 0


def test_writing_makes_pages_stale_once_a_transaction(database, town, other_town):
    before, elsewhere = generation(database, town), generation(database, other_town)
    with database.session(town.id) as session:
        session.add_all([setting("one"), setting("two")])
        session.flush()
        session.execute(update(SettingValue).values(values={}))
        session.commit()
        assert generation(database, town) == before + 1
        session.execute(delete(SettingValue).where(SettingValue.group_key == "one"))
        session.commit()
    assert generation(database, town) == before + 2
    assert generation(database, other_town) == elsewhere


def test_what_leaves_no_trace_leaves_pages_fresh(database, town):
    before = generation(database, town)
    with database.session(town.id) as session:
        session.scalars(select(SettingValue)).all()
        session.commit()
        session.add(setting())
        session.flush()
        session.rollback()
        session.commit()
        # A case waits in the moderators' list alone; no public page shows it.
        session.add(Case(cause="held", content_type="made.thing", content_id=1))
        session.commit()
        session.execute(update(Case).values(code="made"))
        session.commit()
    assert generation(database, town) == before


def test_writing_in_a_savepoint_counts_when_the_whole_is_committed(database, town):
    before = generation(database, town)
    with database.session(town.id) as session:
        with session.begin_nested():
            session.add(setting())
        assert generation(database, town) == before
        session.commit()
    assert generation(database, town) == before + 1


def test_caches_of_this_process_are_told_after_the_commit(session, town):
    heard: list[int] = []
    session.on_written = [heard.append]
    session.add(setting())
    session.flush()
    assert heard == []
    session.commit()
    session.scalars(select(SettingValue)).all()
    session.commit()
    assert heard == [town.id]


def test_generation_is_bumped_in_the_writing_transaction(database, town):
    before = generation(database, town)
    with database.session(town.id) as session:
        session.add(setting("same"))
        session.commit()
        session.add(setting("same"))
        with pytest.raises(Exception, match="uq_setting_value"):
            session.commit()
    assert generation(database, town) == before + 1


def test_closed_session_gives_back_its_connection(database, town):
    with database.session(town.id) as session:
        session.execute(TOLD)
        held = database.app.pool.checkedout()
    assert database.app.pool.checkedout() == held - 1


def test_what_goes_wrong_tells_nothing_of_what_was_written(database, town):
    with database.session(town.id) as session, pytest.raises(DBAPIError) as wrong:
        session.execute(text("SELECT length(:words) / 0"), {"words": "mein Geheimnis"})
    assert "division by zero" in str(wrong.value)
    assert "Geheimnis" not in str(wrong.value)
