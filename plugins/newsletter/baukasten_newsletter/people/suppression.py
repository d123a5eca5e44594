"""Never again: addresses that a town, or no town of the installation, writes to; known by keyed hashes alone."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, not_, select
from sqlalchemy.dialects.postgresql import insert

from baukasten.sdk import Scope, clock, is_never_mailed, mail_again, never_mail, never_mailed
from baukasten_newsletter.people import addresses, log
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind, Suppression

OWN_WISH, COMPLAINT, IMPORTED = "wish", "complaint", "import"
"""Reasons; the last is the list of another program."""
EVERYWHERE = "everywhere"
"""How an entry tells that no town of the installation may write."""


def is_suppressed(session: Scope, wanted: Collection[str]) -> set[str]:
    """Give those of some normal addresses that are never written to, here or anywhere; two statements."""
    by_print = {addresses.fingerprint(session, address): address for address in wanted}
    if not by_print:
        return set()
    here = select(Suppression.fingerprint).where(Suppression.fingerprint.in_(by_print))
    found = {*session.scalars(here), *never_mailed(session, by_print)}
    return {by_print[one] for one in found}


def is_nowhere_written_to(session: Scope, fingerprint: bytes) -> bool:
    """Tell whether no town may write to an address, by its keyed hash."""
    return bool(never_mailed(session, [fingerprint]))


def unsuppressed(subscriber: Any) -> ColumnElement[bool]:
    """Give the condition that a subscriber may be written to; ``subscriber`` is the class or an alias of it.

    The installation's list is asked once a row: use it where few rows are claimed.
    """
    here = exists().where(
        Suppression.tenant_id == subscriber.tenant_id, Suppression.fingerprint == subscriber.fingerprint
    )
    return and_(not_(here), not_(is_never_mailed(subscriber.fingerprint)))


def suppress(
    session: Scope,
    fingerprint: bytes,
    reason: str,
    *,
    everywhere: bool = False,
    at: Circumstances = log.NOWHERE,
) -> None:
    """Never write to an address again, by its keyed hash; asked twice it is logged once."""
    values = {"fingerprint": fingerprint, "reason": reason, "at": clock.now()}
    statement = insert(Suppression).values(tenant_id=session.tenant_id, **values)
    added = session.scalar(statement.on_conflict_do_nothing().returning(Suppression.id)) is not None
    if everywhere and not is_nowhere_written_to(session, fingerprint):
        never_mail(session, fingerprint)
        added = True
    if added:
        log.write(session, ConsentKind.SUPPRESSED, fingerprint, at=at)


def lift(
    session: Scope, fingerprint: bytes, *, everywhere: bool = False, at: Circumstances = log.NOWHERE
) -> None:
    """Take never-again back, for all towns only where the address's owner asks; nothing where it is not there."""
    gone = delete(Suppression).where(Suppression.fingerprint == fingerprint).returning(Suppression.id)
    lifted = session.scalar(gone) is not None
    if everywhere and is_nowhere_written_to(session, fingerprint):
        mail_again(session, fingerprint)
        lifted = True
    if lifted:
        log.write(session, ConsentKind.LIFTED, fingerprint, at=at)
