"""A town of the kit is the town that the services open: the same rows, the same description, the plugins told."""

import pytest
from sqlalchemy import text

from baukasten.tenants import plugins, service, settings
from baukasten.testing import towns

CHOSEN = {"moderation.screening": {"least_seconds": 0, "proof_of_work": False}}
LOOKS = {"tagline": "Am Wasser", "theme": "hafen"}
ROWS = """
SELECT to_jsonb(town) - '{id,slug,created_at}'::text[],
  (SELECT jsonb_agg(to_jsonb(host) - '{tenant_id,name}'::text[]) FROM platform.host WHERE tenant_id = town.id),
  (SELECT jsonb_agg(plugin ORDER BY plugin) FROM platform.plugin_grant WHERE tenant_id = town.id)
FROM platform.tenant AS town WHERE id = :town
"""
OWN_ROWS = """
SELECT (SELECT jsonb_agg(plugin ORDER BY plugin) FROM plugin_switch),
  (SELECT jsonb_agg(jsonb_build_array(group_key, values)) FROM setting_value), platform.bump_generation()
"""


def by_services(database, contract, slug):
    with database.operator_session() as session:
        town = service.create(session, slug=slug, name="Stadt", hosts=[f"{slug}.test"], **LOOKS)
        for plugin in contract.manager.plugins:
            plugins.grant(session, town.id, plugin)
        session.commit()
    with database.session(town.id) as session:
        for plugin in contract.manager.plugins:
            plugins.switch_on(session, town, plugin)
        settings.write(session, "moderation.screening", CHOSEN["moderation.screening"])
        session.commit()
    return town


def of(database, town):
    """All that the tables say of a town, and how it is described."""
    with database.operator_session() as session:
        rows = session.execute(text(ROWS), {"town": town.id}).one()
    with database.session(town.id) as session:
        own = session.execute(text(OWN_ROWS)).one()
    described = {name: getattr(town, name) for name in town.__slots__ if name not in {"id", "slug", "host"}}
    return tuple(rows), tuple(own), described


def test_a_towns_rows_are_those_of_the_services(database, contract):
    made = towns.open_town(database, contract, "kit-schnell", "Stadt", CHOSEN, **LOOKS)
    opened = by_services(database, contract, "kit-langsam")
    assert of(database, made) == of(database, opened)
    assert (made.slug, made.host) == ("kit-schnell", "kit-schnell.test")
    with database.operator_session() as session:
        assert service.by_slug(session, "kit-schnell") == made


def test_unknown_groups_of_settings_are_refused(database, contract):
    with pytest.raises(KeyError):
        towns.open_town(database, contract, "kit-falsch", "Stadt", {"nothing.here": {}})
