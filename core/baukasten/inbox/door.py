"""The door: what stands on the envelope decides within the server's conversation whether a letter is taken."""

import datetime as dt
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.access import members
from baukasten.config import Config
from baukasten.db.session import Database, Scope
from baukasten.errors import BaukastenError, NotFound, Unavailable
from baukasten.inbox.models import ReceivedMail
from baukasten.jobs.queue import enqueue
from baukasten.mail.incoming import addresses, machines, reading, reports, senders
from baukasten.mail.incoming.addresses import Signed
from baukasten.mail.incoming.reading import Envelope, Unreadable
from baukasten.plugin.letters import Automatic, Mailbox
from baukasten.plugin.validity import is_core
from baukasten.tenants import plugins, service

TOOL = "door"
"""Name under which the process lends the door to its jobs."""
HANDLE = "inbox.handle"
"""Key of the job that hands a letter on."""
HOURLY = 20
"""Letters of one member within an hour; more are a machine, or a quarrel that had better wait."""
NAMED_IN = ("Delivered-To", "X-Original-To", "To", "Cc", "In-Reply-To", "References")
"""Where else a signed address may stand: some programs answer to From, and servers rewrite recipients."""


class Outcome(StrEnum):
    """What became of a letter."""

    WAITING = "waiting"
    TAKEN = "taken"
    RETURNED = "returned"
    """The member was told why not, and got the text back."""
    DUPLICATE = "duplicate"
    AUTOMATIC = "automatic"
    LOOP = "loop"
    GONE = "gone"
    """The member or the plugin is no longer here."""


class NotTakenError(BaukastenError):
    """The server that brings a letter is told to keep it; its own report gives the text back to the writer."""

    code = "mail-not-taken"


class UnknownAddressError(NotTakenError):
    """No signed address of ours, or nobody takes letters to it."""

    default = "Unknown address / Unbekannte Adresse"


class WrongSenderError(NotTakenError):
    """The address belongs to a member, and somebody else writes to it."""

    default = (
        "Please answer from the address that our mail went to / "
        "Bitte antworten Sie von der Adresse, an die unsere Mail ging"
    )


class TooOftenError(NotTakenError):
    """A member writes more letters in an hour than a person does."""

    default = "Too many letters within an hour / Zu viele Mails in einer Stunde"


@dataclass(frozen=True, slots=True)
class Door:
    """Takes letters for all towns of an installation."""

    database: Database
    config: Config

    def take(self, raw: bytes, envelope: Envelope) -> Outcome:
        """Store a letter and queue its handling; it is ours once this returns.

        Raises Unreadable and NotTakenError for good, Unavailable for a later try. Machines' letters and second
        copies are taken and left alone, for refusing them would be an answer.
        """
        mail, whole = _parted(raw)
        signed = self._address(mail, envelope)
        with self.database.session(signed.tenant_id) as session:
            mailbox = self._mailbox(session, signed, envelope)
            if not whole and not mailbox.takes_reports:
                raise Unreadable
            outcome = self._judge(session, mail, envelope, signed, mailbox)
            outcome = _store(session, mail, raw, envelope, signed, outcome, report=mailbox.takes_reports)
            session.commit()
        return outcome

    def knows(self, recipient: str) -> bool:
        """Tell whether a recipient may be asked for at all: one of ours, or one that answers come to by mistake."""
        if addresses.looks_signed(recipient):
            return addresses.read(self.config.secret_key, recipient) is not None
        return bool(self.config.answers_to)

    def _address(self, mail: Message, envelope: Envelope) -> Signed:
        secret = self.config.secret_key
        if addresses.looks_signed(envelope.recipient):
            signed = addresses.read(secret, envelope.recipient)
        else:
            named = [str(value) for name in NAMED_IN for value in mail.get_all(name, [])]
            signed = addresses.first(secret, named) or self._reported(mail)
        if signed is None:
            raise UnknownAddressError
        return signed

    def _reported(self, mail: Message) -> Signed | None:
        """Give the address of ours that a report names inside, where its server sent it to another one of ours.

        Complaints come to the one address that was told their service. Only what takes reports may be named so: in
        the letter that is given back stand the addresses for answers too.
        """
        if not reports.is_in_fields(mail):
            return None
        boxes = self.database.contract.registry.mailboxes
        wanted = [purpose for purpose, one in boxes.items() if one.value.takes_reports]
        found = addresses.every(self.config.secret_key, reports.inside(mail))
        return next((signed for signed in found if signed.purpose in wanted), None)

    def _mailbox(self, session: Scope, signed: Signed, envelope: Envelope) -> Mailbox:
        """Give who takes letters of the purpose in the town; raises UnknownAddressError, Unavailable."""
        declared = session.contract.registry.mailboxes.get(signed.purpose)
        try:
            town = service.by_id(session, signed.tenant_id)
        except NotFound as error:
            raise UnknownAddressError from error
        domain = self.config.answer_domain(town.host)
        named = envelope.recipient.strip("<> ").lower().rpartition("@")[2]
        elsewhere = addresses.looks_signed(envelope.recipient) and named != domain
        if declared is None or not domain or elsewhere:
            raise UnknownAddressError
        if not is_core(declared.plugin) and declared.plugin not in plugins.active(session):
            raise UnknownAddressError
        if town.suspended:
            raise Unavailable
        return declared.value

    def _judge(
        self, session: Scope, mail: Message, envelope: Envelope, signed: Signed, mailbox: Mailbox
    ) -> Outcome:
        """Say whether a letter is to be handled; raises NotTakenError."""
        if mailbox.takes_reports:
            return Outcome.WAITING
        if machines.is_loop(mail, self.config.secret_key, ""):
            return Outcome.LOOP
        if machines.automatic(mail, envelope.sender) is not Automatic.NO:
            return Outcome.AUTOMATIC
        known = members.addresses(session, [signed.member_id]).get(signed.member_id, "")
        if not known or senders.sender_of(mail) != known.lower():
            raise WrongSenderError
        if senders.is_forged(mail, self.config.authserv_id):
            raise WrongSenderError
        since = clock.now() - dt.timedelta(hours=1)
        query = select(func.count()).where(
            ReceivedMail.member_id == signed.member_id, ReceivedMail.at > since
        )
        if (session.scalar(query) or 0) >= HOURLY:
            raise TooOftenError
        return Outcome.WAITING


def _parted(raw: bytes) -> tuple[Message, bool]:
    """Give a letter in its pieces, or its headers alone where it cannot be parted; raises Unreadable for neither."""
    try:
        return reading.parse(raw), True
    except Unreadable:
        if len(raw) > reading.LARGEST:
            raise
        return reading.head(raw), False


def _store(
    session: Scope,
    mail: Message,
    raw: bytes,
    envelope: Envelope,
    signed: Signed,
    outcome: Outcome,
    *,
    report: bool,
) -> Outcome:
    """Write a letter down once and queue its handling; its words only where they are still needed."""
    waits = outcome is Outcome.WAITING
    matter = f"{signed.purpose} {signed.member_id} {signed.target_id}"
    known = reading.report_fingerprint(mail, raw, matter) if report else reading.fingerprint(mail, raw)
    row = insert(ReceivedMail).values(
        tenant_id=session.tenant_id,
        fingerprint=known,
        at=clock.now(),
        purpose=signed.purpose,
        member_id=signed.member_id or None,
        target_id=signed.target_id,
        recipient=envelope.recipient,
        sender=envelope.sender,
        content=raw if waits else None,
        outcome=outcome,
    )
    once = row.on_conflict_do_nothing(index_elements=["tenant_id", "fingerprint"])
    received_id = session.execute(once.returning(ReceivedMail.id)).scalar()
    if received_id is None:
        return Outcome.DUPLICATE
    if waits:
        # One after the other, so that two answers of a person appear in their order.
        # Reports order themselves, and a thousand of them need not wait for each other.
        whose = f"report {signed.target_id}" if report else str(signed.member_id)
        lock = f"inbox {session.tenant_id} {whose}"
        enqueue(session, HANDLE, lock=lock, received_id=received_id)
    return outcome
