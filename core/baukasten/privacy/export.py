"""Everything about me: one answer over all towns (GDPR Art. 15 and 20)."""

import datetime as dt
from typing import Any

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Database, Scope
from baukasten.identity import sessions
from baukasten.identity.service import own
from baukasten.privacy import inventory
from baukasten.tenants import service as tenants

MEMBERSHIPS = text("SELECT tenant_id, member_id FROM platform.own_memberships()")


def memberships(session: Scope) -> list[tuple[int, int]]:
    """Give (tenant, member) of the account that the session acts for."""
    return [(row.tenant_id, row.member_id) for row in session.execute(MEMBERSHIPS)]


def collect(database: Database, account_id: int) -> dict[str, Any]:
    """Give all that is stored about an account, by town and dataset, ready for JSON. Raises NotFound."""
    with database.session(None, account_id) as session:
        account = own(session, account_id)
        known = {
            "email": account.email,
            "display_name": account.display_name,
            "since": account.created_at,
            "sessions": [
                {
                    "device": one.user_agent,
                    "host": one.host,
                    "since": one.created_at,
                    "seen": one.last_seen_at,
                }
                for one in sessions.list_own(session, account_id)
            ],
        }
        places = memberships(session)
    towns = [_of_town(database, account_id, tenant_id, member_id) for tenant_id, member_id in places]
    plain: dict[str, Any] = _plain({"made_at": clock.now(), "account": known, "towns": towns})
    return plain


def _of_town(database: Database, account_id: int, tenant_id: int, member_id: int) -> dict[str, Any]:
    with database.session(tenant_id, account_id) as session:
        town = tenants.by_id(session, tenant_id)
        stores = inventory.all_datasets(session.contract.registry)
        data = {
            one.key: {
                "title": str(one.title),
                "purpose": str(one.purpose),
                "rows": one.export(session, member_id),
            }
            for one in stores
        }
    return {"town": town.name, "host": town.host, "data": data}


def _plain(value: Any) -> Any:
    """Turn what JSON does not know into text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
