"""A plugin made for the tests of notices: one type for page and mail, one for the page, one for mail, and contents."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.plugin import (
    Channel,
    Content,
    ContentRef,
    ContentType,
    IncomingMail,
    Mailbox,
    Manifest,
    MemberRef,
    NotificationType,
    Visibility,
    hookimpl,
    lazy,
)

_ = lazy("herald")
manifest = Manifest(name="herald", title="Herald", version="1", core=">=0")
HIDDEN: set[int] = set()
"""Numbers of the contributions that are hidden at the moment."""
SILENCED: list[tuple[int, str]] = []
"""Whom which groups tell nothing more."""
TEMPLATE = "herald/mail/reply"


def find(_session: Session, ids: Sequence[int]) -> list[Content]:
    """Give every contribution asked for."""
    return [
        Content(
            ContentRef("herald", number), "", "", "/", None, "", clock.now(),
            Visibility.HIDDEN if number in HIDDEN else Visibility.PUBLISHED,
        )
        for number in ids
    ]  # fmt: skip


def nothing(_session: Session, _number: int) -> None:
    """Do nothing."""


def silence(_session: Session, member_id: int, group: str) -> None:
    """Remember who wants to hear nothing more of what."""
    SILENCED.append((member_id, group))


@hookimpl
def register_content_types() -> list[ContentType]:
    """Give contributions that are only numbers."""
    return [ContentType("herald", _("Contribution"), find, nothing, nothing, nothing, nothing)]


@hookimpl
def register_notifications() -> list[NotificationType]:
    """Give the three types."""
    return [
        NotificationType(
            "herald.reply", _("Replies"), TEMPLATE, _("%(who)s answered in %(topic)s"),
            silence=silence, silence_title=_("Nothing more of this"),
        ),
        NotificationType("herald.quiet", _("Quiet"), TEMPLATE, _("Quiet"), frozenset({Channel.PAGE})),
        NotificationType("herald.letter", _("Letters"), TEMPLATE, _("Letter"), frozenset({Channel.MAIL})),
    ]  # fmt: skip


def ignore(_session: Session, _member: MemberRef | None, _matter: int, _mail: IncomingMail) -> None:
    """Take an answer and do nothing with it."""


@hookimpl
def register_mailboxes() -> list[Mailbox]:
    """Take answers to notices."""
    return [Mailbox("herold", ignore)]
