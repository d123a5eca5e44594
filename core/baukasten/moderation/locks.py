"""Locks: of those who decide about the same, the second waits and then sees what the first one did."""

from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from baukasten.db.session import Scope
from baukasten.plugin.refs import ContentRef

# In one order always, so that two who decide about the same never wait for each other in a circle.
LOCK = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('moderation ' || one, 0))
    FROM (SELECT unnest(:what) AS one ORDER BY 1) AS sorted
""").bindparams(bindparam("what", type_=ARRAY(Text)))
TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('moderation ' || :one, 0))")
TOGETHER = ContentRef("together", 0)
"""Locked first by who decides about many: those go one after another, for each holds what the other would wait for."""


def lock(session: Scope, refs: Sequence[ContentRef]) -> None:
    """Hold contributions until the end of the transaction, or wait for whoever holds one."""
    session.execute(LOCK, {"what": [_name(session, ref) for ref in refs]})


def lock_if_free(session: Scope, ref: ContentRef) -> bool:
    """Hold one contribution without waiting; gives whether it was free."""
    return bool(session.scalar(TRY_LOCK, {"one": _name(session, ref)}))


def _name(session: Scope, ref: ContentRef) -> str:
    return f"{session.tenant_id} {ref.type}:{ref.id}"
