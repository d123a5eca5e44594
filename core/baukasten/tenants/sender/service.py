"""Who a town's mails come from, and what keeps them from being believed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from baukasten.db.session import Scope
from baukasten.mail.headers import address
from baukasten.mail.message import Sender
from baukasten.mail.models import MailKey
from baukasten.mail.sending import SENDER, sender_from
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import LazyText, lazy
from baukasten.tenants import service, settings
from baukasten.tenants.sender import keys
from baukasten.tenants.sender.findings import Finding, Verdict

_ = lazy("core")


def mail_sender(session: Scope) -> Sender:
    """Give name, address and domain from which the session's town sends, and what signs for it.

    ``domain`` is that of the address, in ASCII; ``signer`` is nothing while no key of the domain is active. Ask
    again for each batch of mails, so that a rotation of keys takes effect; four statements.
    """
    chosen = signing_sender(session, _town(session))
    return replace(chosen, domain=domain_of(chosen))


def signing_sender(session: Scope, town: TenantRef) -> Sender:
    """Give a town's sender whose messages are named by the town's main host; two statements."""
    chosen = sender_from(town, settings.read(session, SENDER))
    return replace(chosen, signer=keys.signer(session, domain_of(chosen)))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a town stands on the way to mails that are believed."""

    sender: Sender
    """Named by the domain of its address."""
    keys: Sequence[MailKey]
    """Those whose records belong into DNS."""
    checked_at: dt.datetime | None
    findings: Sequence[Finding]

    @property
    def active(self) -> Sequence[MailKey]:
        """Give the keys that sign."""
        return [key for key in self.keys if keys.is_active(key)]

    @property
    def hindrance(self) -> str:
        """Say in the reader's language why receivers would not believe the town's mails; empty if they would."""
        if not any(key.retired_at is None for key in self.keys):
            return self._said(_("No key for signing mails of %(domain)s has been made yet."))
        if not self.active:
            return self._said(_("The DNS record of the key for %(domain)s has not been found yet."))
        if self.sender.signer is None:
            return self._said(_("The key for %(domain)s cannot be read any more. Make a new one."))
        signing = {key.selector for key in self.active}
        # What DNS did not answer hinders nobody: the record was seen when the key became active.
        lost = any(one.selector in signing and one.verdict is Verdict.BAD for one in self.findings)
        if lost:
            return self._said(_("The DNS record of the key for %(domain)s is missing or was changed."))
        return ""

    def _said(self, text: LazyText) -> str:
        return str(text) % {"domain": self.sender.domain}


def standing(session: Scope, town: TenantRef) -> Standing:
    """Give where the session's town stands by the last check; two statements."""
    chosen = sender_from(town, settings.read(session, SENDER))
    domain = domain_of(chosen)
    known, found = keys.find(session, domain)
    sender = replace(chosen, domain=domain, signer=keys.signer_of(session, domain, found))
    findings = Finding.read_all(known.findings if known else None)
    return Standing(sender, found, known.checked_at if known else None, findings)


def sender_problems(session: Scope) -> Sequence[str]:
    """Say in the reader's language why mails to many would not be believed to come from the town; empty if they would.

    Goes by the last check of DNS, not by a new one. Where no server carries mails away, as in the demo, nothing is
    a problem.
    """
    if not session.contract.mails_leave:
        return []
    hindrance = standing(session, _town(session)).hindrance
    return [hindrance] if hindrance else []


def domain_of(sender: Sender) -> str:
    """Give the domain of a sender's address, in ASCII."""
    return address(sender.address, "sender").rpartition("@")[2]


def _town(session: Scope) -> TenantRef:
    if session.tenant_id is None:
        raise LookupError("a sender belongs to a town")
    return service.by_id(session, session.tenant_id)
