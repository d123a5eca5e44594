"""Tables of consent: declarations as they were shown, the log of what people agreed to, and who is never written to."""

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key

EMPTY = text("''")


class ConsentKind(StrEnum):
    """What happened to somebody's consent."""

    REQUESTED = "requested"
    MAILED = "mailed"
    """The mail that asks for a confirmation went out."""
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    IMPORTED = "imported"
    """Brought in by staff, with the origin of the consent."""
    SUPPRESSED = "suppressed"
    LIFTED = "lifted"
    """Never-again was taken back."""
    ERASED = "erased"
    """The address was forgotten; this log knows its keyed hash alone."""


class Declaration(TenantOwned, Base):
    """The words that people agree to, exactly as they stand on the form; never changed."""

    __tablename__ = "newsletter_declaration"
    bumps_generation = False
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "language", "version"),
        UniqueConstraint("tenant_id", "language", "sha256"),
    )

    version: Mapped[int]
    """Counts the wordings of one language, from 1."""
    language: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    """Of the text in UTF-8, in hexadecimal."""
    at: Mapped[dt.datetime]


class Consent(TenantOwned, Base):
    """One entry of the town's log of consents; the database numbers and chains it and lets nobody change it."""

    __tablename__ = "newsletter_consent"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("declaration_id", "newsletter_declaration", ondelete="RESTRICT"),
        UniqueConstraint("tenant_id", "number"),
        Index("ix_newsletter_consent_person", "tenant_id", "person", "number"),
        Index("ix_newsletter_consent_at", "tenant_id", "kind", "at"),
    )

    number: Mapped[int]
    """Place in the town's chain, from 1 without gaps."""
    at: Mapped[dt.datetime]
    kind: Mapped[str]
    person: Mapped[uuid.UUID]
    """Drawn by lot; whose it is stands in the table of people alone, and is forgotten before the entry is."""
    declaration_id: Mapped[int | None]
    declaration_sha256: Mapped[str] = mapped_column(server_default=EMPTY)
    """Of the declaration's text, so that the chain holds the words too."""
    topics: Mapped[str] = mapped_column(server_default=EMPTY)
    """As they were called then, one a line, each with its list."""
    language: Mapped[str] = mapped_column(server_default=EMPTY)
    form: Mapped[str] = mapped_column(server_default=EMPTY)
    """Full address of the page with the form."""
    how: Mapped[str] = mapped_column(server_default=EMPTY)
    """A word such as ``one-click`` or ``account``, or the origin of an imported consent."""
    message_id: Mapped[str] = mapped_column(server_default=EMPTY)
    actor_member_id: Mapped[int | None]
    """Who acted with an account; a number without a foreign key, for erasing must not change the chain."""
    network: Mapped[str] = mapped_column(server_default=EMPTY)
    """Where it came from, cut to the network, in towns that want it."""
    previous: Mapped[str]
    hash: Mapped[str]


class Person(TenantOwned, Base):
    """Whose entries are whose: who knows an address finds its entries, the entries give no address."""

    __tablename__ = "newsletter_person"
    bumps_generation = False
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "fingerprint"), UniqueConstraint("tenant_id", "person")
    )

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed hash of the address."""
    person: Mapped[uuid.UUID] = mapped_column(server_default=text("gen_random_uuid()"))


class ConsentHead(TenantOwned, Base):
    """The end of a town's chain, so that cutting entries off its end shows too."""

    __tablename__ = "newsletter_consent_head"
    bumps_generation = False
    __table_args__ = tenant_args(UniqueConstraint("tenant_id"))

    number: Mapped[int]
    hash: Mapped[str]


class Suppression(TenantOwned, Base):
    """An address that the town never writes to, whoever brings it in."""

    __tablename__ = "newsletter_suppression"
    bumps_generation = False
    __table_args__ = tenant_args(UniqueConstraint("tenant_id", "fingerprint"))

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    at: Mapped[dt.datetime]


class Move(TenantOwned, Base):
    """A new address of somebody, until it is confirmed; then the old one leaves."""

    __tablename__ = "newsletter_move"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("subscriber_id", "newsletter_subscriber"),
        tenant_key("from_id", "newsletter_subscriber"),
        UniqueConstraint("tenant_id", "subscriber_id"),
        Index("ix_newsletter_move_from", "tenant_id", "from_id"),
    )

    subscriber_id: Mapped[int]
    """The new one."""
    from_id: Mapped[int]
