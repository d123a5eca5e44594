"""Addresses that no town of the installation writes newsletters to: keyed hashes, which no table leads back from."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, LargeBinary, func, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from baukasten import clock
from baukasten.db.base import PLATFORM, Base

ADD = text(f"SELECT {PLATFORM}.suppress_mail(:fingerprint, :moment)")
REMOVE = text(f"SELECT {PLATFORM}.allow_mail(:fingerprint)")
ASK = text(f"SELECT {PLATFORM}.mail_suppressed(:fingerprints)")


class MailSuppression(Base):
    """One address; its doors alone reach it."""

    __tablename__ = "mail_suppression"
    __table_args__ = ({"schema": PLATFORM},)

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at: Mapped[dt.datetime]


def never_mail(session: Session, fingerprint: bytes) -> None:
    """Let no town write to an address, by its keyed hash of 32 bytes; only the address's owner may ask for that."""
    session.execute(ADD, {"fingerprint": fingerprint, "moment": clock.now()})


def mail_again(session: Session, fingerprint: bytes) -> None:
    """Take that back; only for somebody who has just shown that the address is theirs."""
    session.execute(REMOVE, {"fingerprint": fingerprint})


def never_mailed(session: Session, fingerprints: Collection[bytes]) -> set[bytes]:
    """Give those of some keyed hashes to which no town writes."""
    return set(session.scalars(ASK, {"fingerprints": list(fingerprints)})) if fingerprints else set()


def is_never_mailed(fingerprint: ColumnElement[bytes]) -> ColumnElement[bool]:
    """Give the condition that no town writes to a column's keyed hash; asked once a row, so for few rows at a time."""
    asked: ColumnElement[bool] = func.platform.is_mail_suppressed(fingerprint)
    return asked
