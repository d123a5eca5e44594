"""Installed, granted, switched on: a plugin works for a town only with all three."""

import pytest
from sqlalchemy import select, text

from baukasten.errors import Denied, NotFound
from baukasten.tenants import plugins
from baukasten.tenants.models import PluginSwitch


@pytest.fixture
def console(database):
    with database.operator_session() as session:
        yield session


def test_a_new_town_of_the_fixtures_has_everything(session, town, contract):
    assert plugins.active(session) == plugins.granted(session, town.id) == frozenset(contract.manager.plugins)


def test_switched_off_keeps_the_grant(session, town):
    plugins.switch_off(session, town, "forum")
    assert "forum" not in plugins.active(session)
    assert "forum" in plugins.granted(session, town.id)
    plugins.switch_on(session, town, "forum")
    plugins.switch_on(session, town, "forum")
    assert "forum" in plugins.active(session)


def test_revoked_keeps_the_switch_and_works_no_more(database, console, town):
    plugins.revoke(console, town.id, "forum")
    console.commit()
    with database.session(town.id) as session:
        assert session.scalars(select(PluginSwitch.plugin)).all().count("forum") == 1
        assert "forum" not in plugins.active(session)
        with pytest.raises(Denied):
            plugins.switch_on(session, town, "forum")
    plugins.grant(console, town.id, "forum")
    plugins.grant(console, town.id, "forum")
    console.commit()
    with database.session(town.id) as session:
        assert "forum" in plugins.active(session)


def test_what_is_not_installed_is_neither_granted_nor_active(console, session, town):
    with pytest.raises(NotFound):
        plugins.grant(console, town.id, "made_up")
    session.add(PluginSwitch(plugin="made_up"))
    session.flush()
    assert "made_up" not in plugins.active(session)


def test_one_towns_switch_is_not_anothers(database, session, town, other_town):
    plugins.switch_off(session, town, "forum")
    session.commit()
    with database.session(other_town.id) as other:
        assert "forum" in plugins.active(other)


def test_queue_asks_grant_and_switch_too(database, console, session, town):
    towns = text("SELECT id FROM jobs.open_towns(:owner)")
    assert town.id in session.scalars(towns, {"owner": "forum"}).all()
    plugins.revoke(console, town.id, "forum")
    console.commit()
    assert town.id not in session.scalars(towns, {"owner": "forum"}).all()
    assert town.id in session.scalars(towns, {"owner": "core.search"}).all()
