"""Plugins are listed, granted and taken back by command."""

import pytest

from baukasten.audit import service as audit
from baukasten.errors import NotFound
from baukasten.tenants import plugins


def granted(database, town):
    with database.operator_session() as session:
        return plugins.granted(session, town.id)


def test_the_installed_plugins_are_listed(command, contract):
    lines = command("plugin", "list").output.splitlines()
    assert [line.split()[0] for line in lines] == list(contract.manager.plugins)
    (forum,) = (line for line in lines if line.startswith("forum "))
    assert "baukasten" in forum.split()


def test_a_plugin_is_taken_back_and_granted(command, database, town):
    assert command("plugin", "grant", town.slug, "forum", "--revoke").output == (
        f"{town.name} may no longer use forum.\n"
    )
    assert "forum" not in granted(database, town)
    assert command("plugin", "grant", town.slug, "forum").output == f"{town.name} may use forum.\n"
    assert "forum" in granted(database, town)
    with database.operator_session() as session:
        entry = audit.platform_entries(session, limit=1)[0]
    assert (entry.action, entry.target) == ("tenants.plugin.grant", f"tenant:{town.id}")


@pytest.mark.parametrize(("slug", "name"), [("nirgendwo", "forum"), (None, "nichts")])
def test_unknown_towns_and_plugins_are_refused(command, database, town, slug, name):
    before = granted(database, town)
    with pytest.raises(NotFound):
        command("plugin", "grant", slug or town.slug, name)
    assert granted(database, town) == before


def test_an_unknown_plugin_cannot_be_checked(command):
    with pytest.raises(NotFound, match="No plugin nichts is installed; there are chat, forum"):
        command("plugin", "check", "nichts")
