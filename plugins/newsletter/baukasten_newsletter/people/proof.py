"""The proof of somebody's consent: all entries of an address with the words agreed to, also after erasure."""

import io
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Scope, clock, part, record, require, translator, write_pdf
from baukasten_newsletter.keys import PEOPLE, SubscriberState
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, log, suppression
from baukasten_newsletter.people.models import ConsentKind

_ = lazy("newsletter")
WORDS: dict[str, LazyText] = {
    ConsentKind.REQUESTED: _("Asked for on the form"),
    ConsentKind.MAILED: _("Mail sent that asks for the confirmation"),
    ConsentKind.CONFIRMED: _("Confirmed"),
    ConsentKind.CHANGED: _("Changed"),
    ConsentKind.WITHDRAWN: _("Withdrawn"),
    ConsentKind.IMPORTED: _("Brought in by staff"),
    ConsentKind.SUPPRESSED: _("Wants no mail ever again"),
    ConsentKind.LIFTED: _("Takes mails again"),
    ConsentKind.ERASED: _("Address forgotten"),
}
STATES: dict[str, LazyText] = {
    SubscriberState.PENDING: _("waits for the confirmation"),
    SubscriberState.ACTIVE: _("gets mails"),
    SubscriberState.LEFT: _("has left"),
    SubscriberState.UNDELIVERABLE: _("takes no mail"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of the consent of one address."""

    address: str
    subscriber: Any
    """Its row; nothing once the address was forgotten, or never came."""
    state: str
    entries: list[Any]
    suppressed: bool
    at: str
    """When this was looked up."""
    broken: int | None
    """The first of these entries that is not as it was written."""


def collect(session: Scope, actor: MemberRef, module: ModuleRef, typed: str) -> Proof:
    """Look up everything about an address's consent, and write into the audit log that somebody did.

    Raises Denied, and Invalid for no address.
    """
    require(session, actor, PEOPLE, module)
    address = addresses.normal(typed)
    fingerprint = addresses.fingerprint(session, address)
    row = session.execute(select(*Subscriber.__table__.c).where(Subscriber.address == address)).one_or_none()
    entries = log.entries(session, fingerprint)
    record(session, actor, "newsletter.people.prove", f"module:{module.id}", entries=len(entries))
    return Proof(
        address=address,
        subscriber=row,
        state="" if row is None else str(STATES[row.state]),
        entries=entries,
        suppressed=bool(suppression.is_suppressed(session, [address])),
        at=translator().datetime(clock.now()),
        broken=log.verify_of(session, fingerprint),
    )


def body(proof: Proof, town: str) -> Markup:
    """Give the proof as a page or a sheet of paper shows it, without a frame."""
    return part("newsletter/proof_body.html", proof=proof, words=WORDS, town=town, exactly=exactly)


def paper(proof: Proof, town: str) -> bytes:
    """Give the proof as a PDF; raises Unavailable where the machine makes none."""
    out = io.BytesIO()
    title = str(_("Proof of consent"))
    heading = Markup("<h1>{}</h1>").format(title)
    write_pdf(out, heading + body(proof, town), title=title, language=translator().language)
    return out.getvalue()


def exactly(entry: Any) -> str:
    """Give the moment of an entry to the microsecond, in the town's time with its distance from UTC."""
    return translator().formats.local(entry.at).isoformat(sep=" ", timespec="microseconds")
