"""Noticing that the installation's secret is another one, before anybody gets a mail because of it."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import lazy
from baukasten.sdk import Scope, keyring, sender_problems
from baukasten_newsletter.models import Subscriber, Watch
from baukasten_newsletter.people import addresses
from baukasten_newsletter.people.models import Person

_ = lazy("newsletter")
OTHER_SECRET = _(
    "The secret of this installation has changed: nobody on the lists of “never again” would be recognised."
)
UNSYNCED = {"synchronize_session": False}


def problems(session: Scope) -> list[str]:
    """Say in the reader's language why no mail to many may go out now, whatever it says; empty where nothing does."""
    found = [str(OTHER_SECRET)] if is_other_secret(session) else []
    return [*found, *sender_problems(session)]


def is_other_secret(session: Scope) -> bool:
    """Tell whether the town's keyed hashes were made under another secret than that of now."""
    return look(session)[0]


def look(session: Scope) -> tuple[bool, dt.datetime | None]:
    """Tell both that may hold a town's mails: whether the secret is another one, and since when digests are held."""
    row = session.execute(select(Watch.secret, Watch.digests_held_at)).one_or_none()
    if row is None:
        return False, None
    return row.secret is not None and row.secret != _mark(session), row.digests_held_at


def note_secret(session: Scope) -> None:
    """Remember the secret, the first time that it matters."""
    if session.scalar(select(Watch.secret)) is None:
        note(session, secret=_mark(session))


def accept_secret(session: Scope) -> int:
    """Go on under the secret of now: subscribers are known by new hashes from here on; gives how many.

    Who stands on a list of "never again" alone stays unknown: nobody has their addresses.
    """
    columns = (Subscriber.id, Subscriber.address, Subscriber.fingerprint)
    rows = session.execute(select(*columns).order_by(Subscriber.id).with_for_update()).all()
    for row in rows:
        new = addresses.fingerprint(session, row.address)
        changed = update(Subscriber).where(Subscriber.id == row.id).values(fingerprint=new)
        session.execute(changed, execution_options=UNSYNCED)
        # Their entries in the log stay theirs; who has none under the old hash has them under the new.
        theirs = delete(Person).where(Person.fingerprint == row.fingerprint).returning(Person.person)
        person = session.scalar(theirs, execution_options=UNSYNCED)
        if person is not None:
            values = {"tenant_id": session.tenant_id, "fingerprint": new, "person": person}
            session.execute(insert(Person).values(values).on_conflict_do_nothing())
    note(session, secret=_mark(session))
    return len(rows)


def note(session: Scope, **values: Any) -> None:
    """Write down what the town's newsletters remember of themselves."""
    row = insert(Watch).values(tenant_id=session.tenant_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def _mark(session: Scope) -> bytes:
    return keyring(session).mac("newsletter.secret", "")
