"""What staff does for a person who asks by phone or letter: end, forget, never again, and back; each in both logs."""

from typing import Any

from sqlalchemy import select

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import Scope, record, require
from baukasten_newsletter.keys import PEOPLE
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, service, suppression, tidy
from baukasten_newsletter.people.log import Circumstances

HOW = "staff"


def leave(session: Scope, actor: MemberRef, module: ModuleRef, typed: str) -> None:
    """End all mails of the town to an address. Raises Denied and Invalid."""
    _address, row = _of(session, actor, module, typed)
    if row is not None:
        service.leave(session, row.id, how=HOW, at=Circumstances(actor_member_id=actor.id))
    _note(session, actor, module, "leave")


def erase(session: Scope, actor: MemberRef, module: ModuleRef, typed: str) -> None:
    """Forget an address now; the log keeps what it proves. Raises Denied and Invalid."""
    _address, row = _of(session, actor, module, typed)
    if row is not None:
        service.leave(session, row.id, how=HOW, at=Circumstances(actor_member_id=actor.id))
        tidy.erase(session, [row], HOW)
    _note(session, actor, module, "erase")


def never(session: Scope, actor: MemberRef, module: ModuleRef, typed: str) -> None:
    """Never write to an address again, from this town. Raises Denied and Invalid."""
    address, row = _of(session, actor, module, typed)
    told = Circumstances(how=HOW, actor_member_id=actor.id)
    known = addresses.fingerprint(session, address)
    service.never(session, row and row.id, known, suppression.OWN_WISH, how=HOW, at=told)
    _note(session, actor, module, "never")


def lift(session: Scope, actor: MemberRef, module: ModuleRef, typed: str) -> None:
    """Take never-again of this town back, where the person asked for it. Raises Denied and Invalid."""
    address, _row = _of(session, actor, module, typed)
    told = Circumstances(how=HOW, actor_member_id=actor.id)
    suppression.lift(session, addresses.fingerprint(session, address), at=told)
    _note(session, actor, module, "lift")


def _of(session: Scope, actor: MemberRef, module: ModuleRef, typed: str) -> tuple[str, Any]:
    require(session, actor, PEOPLE, module)
    address = addresses.normal(typed)
    query = select(Subscriber.id, Subscriber.fingerprint).where(Subscriber.address == address)
    return address, session.execute(query).one_or_none()


def _note(session: Scope, actor: MemberRef, module: ModuleRef, deed: str) -> None:
    record(session, actor, f"newsletter.people.{deed}", f"module:{module.id}")
