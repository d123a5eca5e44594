"""Who a town's mails come from, and what keeps them from being believed."""

from collections.abc import Sequence
from dataclasses import replace

from baukasten.db.session import Scope
from baukasten.mail.headers import address
from baukasten.mail.message import Sender
from baukasten.mail.sending import SENDER, sender_from
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.text import LazyText, lazy
from baukasten.tenants import service, settings
from baukasten.tenants.sender import keys
from baukasten.tenants.sender.findings import About, Finding, Verdict

_ = lazy("core")


def mail_sender(session: Scope) -> Sender:
    """Give name, address and domain from which the session's town sends, and what signs for it.

    ``domain`` is that of the address, in ASCII; ``signer`` is nothing while no key of the domain is active. Ask
    again for each batch of mails, so that a rotation of keys takes effect; four statements.
    """
    if session.tenant_id is None:
        raise LookupError("a sender belongs to a town")
    chosen = signing_sender(session, service.by_id(session, session.tenant_id))
    return replace(chosen, domain=domain_of(chosen))


def signing_sender(session: Scope, town: TenantRef) -> Sender:
    """Give a town's sender whose messages are named by the town's main host; two statements."""
    chosen = sender_from(town, settings.read(session, SENDER))
    return replace(chosen, signer=keys.signer(session, domain_of(chosen)))


def sender_problems(session: Scope) -> Sequence[str]:
    """Say in the reader's language why mails to many would not be believed to come from the town; empty if they would.

    Goes by the last check of DNS, not by a new one. Where no server carries mails away, as in the demo, nothing is
    a problem.
    """
    if not session.contract.mails_leave:
        return []
    sender = mail_sender(session)
    known = keys.find_domain(session, sender.domain)
    placed = [key for key in keys.keys_of(session, sender.domain) if key.retired_at is None]
    if known is None or not placed:
        return [_said(_("No key for signing mails of %(domain)s has been made yet."), sender)]
    active = {key.selector for key in placed if key.active_since is not None}
    if not active:
        return [_said(_("The DNS record of the key for %(domain)s has not been found yet."), sender)]
    if sender.signer is None:
        return [_said(_("The key for %(domain)s cannot be read any more. Make a new one."), sender)]
    lost = [
        one
        for one in Finding.read_all(known.findings)
        if one.about is About.DKIM and one.selector in active and one.verdict is Verdict.BAD
    ]
    if lost:
        return [_said(_("The DNS record of the key for %(domain)s is missing or was changed."), sender)]
    return []


def domain_of(sender: Sender) -> str:
    """Give the domain of a sender's address, in ASCII."""
    return address(sender.address, "sender").rpartition("@")[2]


def _said(text: LazyText, sender: Sender) -> str:
    return str(text) % {"domain": sender.domain}
