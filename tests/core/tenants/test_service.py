"""Operators open, find and suspend towns; the app's role may do none of it."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.tenants import service
from baukasten.tenants.models import Host, Tenant


@pytest.fixture
def console(database):
    with database.operator_session() as session:
        yield session


def open_town(session, slug="torfhafen", hosts=("torfhafen.test", "www.torfhafen.test"), **more):
    return service.create(session, slug=slug, name="Stadt Torfhafen", hosts=hosts, **more)


def test_a_town_opens_on_its_hosts_the_first_is_primary(console):
    town = open_town(
        console, hosts=["Torfhafen.Test.", "www.torfhafen.test"], tagline="Am Wasser", theme="hafen"
    )
    assert (town.slug, town.name, town.host) == ("torfhafen", "Stadt Torfhafen", "torfhafen.test")
    assert (town.tagline, town.theme, town.language, town.languages) == (
        "Am Wasser",
        "hafen",
        "de",
        ("de", "en"),
    )
    assert not town.suspended
    hosts = console.execute(
        select(Host.name, Host.is_primary).where(Host.tenant_id == town.id).order_by(Host.name)
    )
    assert hosts.all() == [("torfhafen.test", True), ("www.torfhafen.test", False)]
    assert service.by_slug(console, "torfhafen") == town == service.by_id(console, town.id)
    assert town in service.list_towns(console)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"slug": "Torf Hafen"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"hosts": []}, "host"),
        ({"hosts": ["a b"]}, "host"),
    ],
)
def test_what_cannot_be_is_refused_by_field(console, changed, field):
    with pytest.raises(Invalid) as refused:
        open_town(console, **changed)
    assert refused.value.errors.keys() == {field}


def test_a_name_is_needed(console):
    with pytest.raises(Invalid) as refused:
        service.create(console, slug="leer", name=" ", hosts=["leer.test"])
    assert refused.value.errors.keys() == {"name"}


def test_short_names_and_hosts_are_taken_once(console, town):
    for changed in ({"slug": town.slug}, {"hosts": [town.host]}, {"hosts": ["neu.test", town.host]}):
        with pytest.raises(Conflict):
            open_town(console, **changed)
    assert console.scalar(select(Tenant).where(Tenant.slug == "torfhafen")) is None


def test_unknown_towns_are_not_found(console):
    with pytest.raises(NotFound):
        service.by_slug(console, "nirgendwo")
    with pytest.raises(NotFound):
        service.by_id(console, 10**12)


def test_suspending_and_opening_again(console, town):
    service.suspend(console, town.id)
    assert service.by_id(console, town.id).suspended
    service.suspend(console, town.id, suspended=False)
    assert not service.by_id(console, town.id).suspended


def test_a_second_primary_host_is_refused_by_the_database(console, town):
    console.add(Host(name="zweiter.test", tenant_id=town.id, is_primary=True))
    with pytest.raises(Exception, match="uq_host_primary"):
        console.flush()


def test_a_town_sees_itself_alone(session, town, other_town):
    assert service.by_id(session, town.id) == town
    with pytest.raises(NotFound):
        service.by_id(session, other_town.id)
    assert service.list_towns(session) == [town]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO platform.tenant (slug, name) VALUES ('x', 'X')",
        "UPDATE platform.tenant SET state = 'suspended'",
        "UPDATE platform.tenant SET slug = 'x'",
        "DELETE FROM platform.tenant",
        "INSERT INTO platform.host (name, tenant_id) VALUES ('x.test', 1)",
        "INSERT INTO platform.plugin_grant (tenant_id, plugin) VALUES (1, 'x')",
        "UPDATE platform.generation SET value = 0",
    ],
)
def test_the_apps_role_opens_and_closes_no_town(session, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_what_an_operator_changes_makes_the_towns_pages_stale(database, console, town, other_town):
    def generations():
        with database.session(None) as session:
            rows = session.execute(text("SELECT tenant_id, value FROM platform.generations()"))
            known = {row.tenant_id: row.value for row in rows}
        return known[town.id], known[other_town.id]

    own, other = generations()
    service.suspend(console, town.id)
    console.commit()
    assert generations() == (own + 1, other)
    console.add(Host(name=f"zweiter-{town.slug}.test", tenant_id=town.id))
    console.commit()
    assert generations() == (own + 2, other)
