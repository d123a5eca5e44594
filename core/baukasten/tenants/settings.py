"""Settings of a town: groups declared by rooms and plugins, checked, stored as one row a group."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from baukasten.db.session import Scope
from baukasten.plugin.fields import SettingsGroup
from baukasten.tenants.models import SettingValue
from baukasten.web.forms import UnknownSettingError, read_settings, store_settings


def group_of(session: Scope, key: str) -> SettingsGroup:
    """Give a declared group; raises UnknownSettingError."""
    answer = session.contract.registry.settings.get(key)
    if answer is None:
        raise UnknownSettingError(f"no settings group {key} is declared")
    return answer.value


def read(session: Scope, key: str) -> dict[str, Any]:
    """Give a group's typed values with defaults for what was never set; raises UnknownSettingError."""
    return read_settings(group_of(session, key), _stored(session, key))


def typed(session: Scope, key: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Give a group's typed values from the row that somebody read along with something else."""
    return read_settings(group_of(session, key), _known(session, key, stored))


def write(session: Scope, key: str, values: Mapping[str, Any]) -> None:
    """Store typed values beside those that stay; raises Invalid and, for an undeclared key, UnknownSettingError."""
    kept = {**_stored(session, key), **store_settings(group_of(session, key), values)}
    row = insert(SettingValue).values(tenant_id=session.tenant_id, group_key=key, values=kept)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["tenant_id", "group_key"], set_={"values": row.excluded["values"]}
        )
    )


def _stored(session: Scope, key: str) -> dict[str, Any]:
    stored = session.scalar(select(SettingValue.values).where(SettingValue.group_key == key))
    return _known(session, key, stored or {})


def _known(session: Scope, key: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out keys that an older version knew and this one lost."""
    known = {field.key for field in group_of(session, key).fields}
    return {name: value for name, value in stored.items() if name in known}


__all__ = ["UnknownSettingError", "group_of", "read", "typed", "write"]
