"""Settings of a town: groups declared by rooms and plugins, checked, stored as one row a group."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from baukasten.db.session import Scope
from baukasten.plugin.fields import SettingsGroup
from baukasten.tenants.models import SettingValue


class UnknownSettingError(KeyError):
    """A group or key that nobody declared; a programmer's mistake, so it is loud."""


def group_of(session: Scope, key: str) -> SettingsGroup:
    """Give a declared group; raises UnknownSettingError."""
    group = session.contract.registry.settings.get(key)
    if group is None:
        raise UnknownSettingError(f"no settings group {key} is declared")
    return group.value


def read(session: Scope, key: str) -> dict[str, Any]:
    """Give a group's values with defaults for what was never set; raises UnknownSettingError."""
    group = group_of(session, key)
    stored = session.scalar(select(SettingValue.values).where(SettingValue.group_key == key))
    return merged(group, stored or {})


def write(session: Scope, key: str, values: Mapping[str, Any]) -> None:
    """Store values that were checked by the group's form; raises UnknownSettingError for an undeclared key."""
    group = group_of(session, key)
    _refuse_unknown(group, values)
    complete = {**read(session, key), **values}
    row = insert(SettingValue).values(tenant_id=session.tenant_id, group_key=key, values=complete)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["tenant_id", "group_key"], set_={"values": row.excluded["values"]}
        )
    )


def merged(group: SettingsGroup, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Lay stored values over the defaults; what an older version stored and this one lost is left out."""
    return {field.key: stored.get(field.key, field.default) for field in group.fields}


def _refuse_unknown(group: SettingsGroup, values: Mapping[str, Any]) -> None:
    unknown = values.keys() - {field.key for field in group.fields}
    if unknown:
        raise UnknownSettingError(f"{group.key} has no setting {', '.join(sorted(unknown))}")
