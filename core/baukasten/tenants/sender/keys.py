"""The keys that sign for a town's domain: made, published, active once their DNS record was seen, retired."""

import base64
import datetime as dt
import logging
import secrets
from collections.abc import Collection, Sequence
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, NotFound
from baukasten.keyring import Keyring
from baukasten.mail import dkim
from baukasten.mail.dkim import Algorithm, Signer
from baukasten.mail.models import MailDomain, MailKey
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
log = logging.getLogger("baukasten.mail")

STAYS = dt.timedelta(days=7)
"""How long a retired key's record must stay in DNS: mails signed with it may still be on their way."""


def find(session: Scope, domain: str) -> tuple[MailDomain | None, Sequence[MailKey]]:
    """Give what the town knows about a domain, and its keys whose records belong into DNS; one statement.

    Keys of RSA come first, and newer ones before older ones.
    """
    here = (MailKey.tenant_id == MailDomain.tenant_id) & (MailKey.domain_id == MailDomain.id)
    fresh = MailKey.active_since.is_not(None) & (MailKey.retired_at > clock.now() - STAYS)
    needed = MailKey.retired_at.is_(None) | fresh
    query = select(MailDomain, MailKey).outerjoin(MailKey, here & needed).where(MailDomain.domain == domain)
    rows = session.execute(query.order_by(MailKey.algorithm.desc(), MailKey.id.desc())).all()
    # A domain without keys comes as one row whose key is empty, which the query's type does not say.
    found: list[MailKey | None] = [key for _, key in rows]
    return (rows[0][0] if rows else None), [key for key in found if key is not None]


def make(session: Scope, actor: MemberRef | None, domain: str, algorithm: Algorithm) -> MailKey:
    """Make a key for a domain, which signs nothing until ``activate`` saw its record; costs some 100 ms.

    Raises Conflict while an earlier one of the same algorithm waits for its record.
    """
    place = insert(MailDomain).values(tenant_id=session.tenant_id, domain=domain).on_conflict_do_nothing()
    session.execute(place)
    known = session.scalars(select(MailDomain).where(MailDomain.domain == domain).with_for_update()).one()
    if any(is_new(key) and key.algorithm == algorithm for key in find(session, domain)[1]):
        raise Conflict(_("A new key waits already. Publish its DNS record first."))
    private, public = dkim.generate(algorithm)
    key = MailKey(
        domain_id=known.id,
        selector=_selector(),
        algorithm=str(algorithm),
        public=public,
        locked=session.contract.keyring.lock(_purpose(session), private),
    )
    session.add(key)
    session.flush()
    record(session, actor, "tenants.mail_key.make", f"mail_key:{key.id}", algorithm=str(algorithm))
    return key


def activate(session: Scope, domain: str, seen: Collection[int]) -> None:
    """Let new keys sign whose records were seen in DNS, and retire those that they replace.

    A retired key's private part is forgotten at once; its record has to stay for ``STAYS``.
    """
    known = session.scalar(select(MailDomain).where(MailDomain.domain == domain).with_for_update())
    if known is None:
        return
    now, keys = clock.now(), [key for key in find(session, domain)[1] if key.retired_at is None]
    for key in keys:
        if not is_new(key) or key.id not in seen:
            continue
        for old in keys:
            if old.algorithm == key.algorithm and old.active_since is not None:
                old.retired_at, old.locked = now, None
                record(session, None, "tenants.mail_key.retire", f"mail_key:{old.id}")
        # The old one first, for the database lets one key of a kind be active only.
        session.flush()
        key.active_since = now
        record(session, None, "tenants.mail_key.activate", f"mail_key:{key.id}")
        session.flush()


def discard(session: Scope, actor: MemberRef | None, key_id: int) -> None:
    """Give up a key that has signed nothing yet; raises NotFound for any other."""
    key = session.scalar(select(MailKey).where(MailKey.id == key_id).with_for_update())
    if key is None or not is_new(key):
        raise NotFound
    key.retired_at, key.locked = clock.now(), None
    record(session, actor, "tenants.mail_key.discard", f"mail_key:{key.id}")
    session.flush()


def is_new(key: MailKey) -> bool:
    """Tell whether a key waits for its record."""
    return key.active_since is None and key.retired_at is None


def is_active(key: MailKey) -> bool:
    """Tell whether a key signs."""
    return key.active_since is not None and key.retired_at is None


def signer(session: Scope, domain: str) -> Signer | None:
    """Give what signs for a domain now; nothing without an active key, or where none can be unlocked any more.

    Ask again for each batch of mails: one statement, and loaded keys are kept in the process.
    """
    query = (
        select(MailKey.selector, MailKey.locked)
        .join(MailDomain, (MailDomain.tenant_id == MailKey.tenant_id) & (MailDomain.id == MailKey.domain_id))
        .where(MailDomain.domain == domain, MailKey.active_since.is_not(None), MailKey.locked.is_not(None))
    )
    # RSA first: a receiver that knows nothing of Ed25519 may stop at the first signature.
    found = session.execute(query.order_by(MailKey.algorithm.desc(), MailKey.id.desc())).all()
    return _signer(session, domain, [(one.selector, one.locked) for one in found])


def signer_of(session: Scope, domain: str, known: Sequence[MailKey]) -> Signer | None:
    """Give what signs, of keys that were read already."""
    return _signer(session, domain, [(key.selector, key.locked) for key in known if is_active(key)])


def _signer(session: Scope, domain: str, found: Sequence[tuple[str, bytes | None]]) -> Signer | None:
    if not found:
        return None
    try:
        return _loaded(
            session.contract.keyring,
            _purpose(session),
            domain,
            tuple((selector, bytes(locked or b"")) for selector, locked in found),
        )
    except ValueError:
        log.warning("town %s: a mail key was locked with another secret", session.tenant_id)
        return None


@lru_cache(maxsize=512)
def _loaded(keyring: Keyring, purpose: str, domain: str, keys: tuple[tuple[str, bytes], ...]) -> Signer:
    """Unlock and load; kept by the locked bytes themselves, so that no rotation and no restore finds an old one."""
    opened = [dkim.Key.load(selector, keyring.unlock(purpose, locked)) for selector, locked in keys]
    return Signer(domain, tuple(opened))


def _purpose(session: Scope) -> str:
    return f"mail.dkim {session.tenant_id}"


def _selector() -> str:
    """Name a key by its month and by chance: two towns may share a domain, and never one name."""
    chance = base64.b32encode(secrets.token_bytes(5)).decode("ascii").lower()
    return f"bk{clock.now():%y%m}{chance[:4]}"
