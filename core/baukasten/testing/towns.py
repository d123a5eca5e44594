"""A town as the services open one, in two statements: nearly every test begins with it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from baukasten.db.session import Database
from baukasten.plugin import hookspecs
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import TenantRef
from baukasten.web.forms import store_settings

LOOKS = {"tagline": "", "theme": "klar", "crest": ""}
PLUGINS = bindparam("plugins", type_=ARRAY(Text))
OPEN = text("""
WITH town AS (
    INSERT INTO platform.tenant (slug, name, tagline, theme, crest)
    VALUES (:slug, :name, :tagline, :theme, :crest) RETURNING id
), door AS (
    INSERT INTO platform.host (name, tenant_id, is_primary) SELECT :host, id, true FROM town
), granted AS (
    INSERT INTO platform.plugin_grant (tenant_id, plugin) SELECT id, unnest(:plugins) FROM town
)
SELECT id FROM town
""").bindparams(PLUGINS)
EQUIP = text("""
WITH switched AS (
    INSERT INTO plugin_switch (tenant_id, plugin) SELECT :town, unnest(:plugins)
)
INSERT INTO setting_value (tenant_id, group_key, values) SELECT :town, key, value FROM jsonb_each(:settings)
""").bindparams(PLUGINS, bindparam("settings", type_=JSONB))


def open_town(
    database: Database,
    contract: Contract,
    slug: str,
    name: str,
    settings: Mapping[str, Mapping[str, Any]],
    **looks: str,
) -> TenantRef:
    """Open a town at ``slug.test`` with all plugins granted, switched on and told, and with groups of settings.

    ``looks`` are ``tagline``, ``theme`` and ``crest``.
    """
    looks = {**LOOKS, **looks}
    groups = contract.registry.settings
    stored = {key: store_settings(groups[key].value, chosen) for key, chosen in settings.items()}
    values = {**looks, "slug": slug, "name": name, "host": f"{slug}.test"}
    plugins = [*contract.manager.plugins]
    with database.operator_session() as session:
        town_id: int = session.execute(OPEN, {**values, "plugins": plugins}).scalar_one()
        session.commit()
    town = dataclasses.replace(TenantRef(town_id, slug, name, values["host"]), **looks)  # type: ignore[arg-type]
    with database.session(town_id) as session:
        session.execute(EQUIP, {"town": town_id, "plugins": plugins, "settings": stored})
        for plugin in plugins:
            hooks = contract.manager.at(town_id, frozenset({plugin}))
            failure = hooks.tell(plugin, hookspecs.on_enabled, session=session, tenant=town)
            if failure is not None:
                raise RuntimeError(f"{plugin} could not prepare itself for {slug}: {failure}")
        # Statements as text say nothing of what they write.
        session.written = True
        session.commit()
    return town
