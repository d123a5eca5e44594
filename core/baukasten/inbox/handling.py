"""Handing a letter on, and telling its writer where it did not go well; the words are kept until that is done."""

import datetime as dt
from dataclasses import replace
from typing import cast

from sqlalchemy import delete, select

from baukasten import clock
from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Invalid, NotFound, Unavailable
from baukasten.inbox.door import Outcome
from baukasten.inbox.models import ReceivedMail
from baukasten.jobs.queue import enqueue
from baukasten.mail import sending
from baukasten.mail.incoming import reading
from baukasten.mail.incoming.reading import Envelope, Trust
from baukasten.mail.post import TOOL, Post
from baukasten.plugin.letters import IncomingMail, MailAnswer, Mailbox
from baukasten.plugin.text import lazy
from baukasten.plugin.validity import is_usable
from baukasten.plugin.work import work
from baukasten.web.i18n import current

_ = lazy("core")

ANSWER = "inbox.answer"
KEPT = dt.timedelta(days=30)
"""How long it is known that a letter came; its words go as soon as it is dealt with."""
LONGEST_RETURNED = 400_000
"""Letters of a text that is given back: as many as are looked at."""
TEMPLATE = "inbox/mail/answer"


def handle(session: Scope, *, received_id: int) -> None:
    """Hand a letter to its mailbox; what that refuses is stored nowhere and mailed back. Safe to run again."""
    row = _waiting(session, received_id)
    if row is None or row.content is None:
        return
    mailbox = _mailbox(session, row)
    if mailbox is None:
        row.outcome, row.content = Outcome.GONE, None
        return
    try:
        letter = _read(session, row.content, row, report=mailbox.takes_reports)
        with session.begin_nested():
            answer = _hand_over(session, mailbox, row, letter)
        row.outcome = Outcome.TAKEN
    except Unavailable:
        # Something outside does not answer; the queue tries again.
        raise
    except BaukastenError as error:
        row.outcome = Outcome.RETURNED
        answer = None if mailbox.takes_reports else MailAnswer(_said(error), gives_text_back=True)
    if answer is None:
        row.content = None
    else:
        enqueue(
            session,
            ANSWER,
            received_id=row.id,
            message=str(answer.message),
            returned=row.outcome == Outcome.RETURNED,
            with_text=answer.gives_text_back,
        )


def answer(session: Scope, *, received_id: int, message: str, returned: bool, with_text: bool) -> None:
    """Mail a member what became of a letter, and forget its words; raises Unavailable to try again."""
    row = _waiting(session, received_id)
    if row is None or row.content is None or row.member_id is None:
        return
    address = members.addresses(session, [row.member_id]).get(row.member_id)
    subject, words, known = _returned(session, row)
    row.content = None
    if not address:
        return
    line = _("Your mail was not taken: %(topic)s") if returned else _("About your mail: %(topic)s")
    sending.post(
        session,
        address,
        TEMPLATE,
        line,
        {"topic": subject, "reason": message, "words": words if with_text else [], "returned": returned},
        headers={"Auto-Submitted": "auto-replied", **({"In-Reply-To": known} if known else {})},
    )


def forget_old(session: Scope) -> None:
    """Delete what is known about letters after a month."""
    session.execute(delete(ReceivedMail).where(ReceivedMail.at < clock.now() - KEPT))


def _waiting(session: Scope, received_id: int) -> ReceivedMail | None:
    """Give a letter and keep a second worker from it."""
    query = select(ReceivedMail).where(ReceivedMail.id == received_id)
    return session.scalars(query.with_for_update()).one_or_none()


def _mailbox(session: Scope, row: ReceivedMail) -> Mailbox | None:
    """Give who takes the letter, unless the plugin or the writer has gone meanwhile."""
    declared = session.contract.registry.mailboxes.get(row.purpose)
    if declared is None or not is_usable(declared.plugin, work(session).active):
        return None
    if declared.value.takes_reports:
        return declared.value
    there = row.member_id is not None and members.addresses(session, [row.member_id])
    return declared.value if there else None


def _read(session: Scope, content: bytes, row: ReceivedMail, *, report: bool = False) -> IncomingMail:
    job = work(session)
    config = cast("Post", job.tools[TOOL]).config
    trust = Trust(config.secret_key, authserv_id=config.authserv_id)
    read = reading.read_report if report else reading.read
    letter = read(content, Envelope(row.recipient, row.sender), trust)
    return replace(letter, fingerprint=row.fingerprint)


def _hand_over(
    session: Scope, mailbox: Mailbox, row: ReceivedMail, letter: IncomingMail
) -> MailAnswer | None:
    """Let the mailbox take the letter; raises what it raises, and Invalid for a letter without own words."""
    member = members.ref(session, row.member_id) if row.member_id is not None else None
    if mailbox.takes_reports:
        return mailbox.handle(session, member, row.target_id, letter)
    if not letter.text.strip():
        raise Invalid(
            message=_(
                "We found no text of yours in it. Please write above the quoted mail, without attachments."
            )
        )
    given = mailbox.handle(session, member, row.target_id, letter)
    if given is None and letter.attachments:
        return MailAnswer(
            _("Your text has arrived. We do not take attachments by mail; please add them on the page.")
        )
    return given


def _returned(session: Scope, row: ReceivedMail) -> tuple[str, list[str], str]:
    """Give a letter's subject, its words in lines and its Message-ID, as far as it can be read."""
    if row.content is None:
        return "", [], ""
    try:
        letter = _read(session, row.content, row)
    except reading.Unreadable:
        return "", [], ""
    words = (letter.text or letter.full)[:LONGEST_RETURNED]
    known = letter.message_id if letter.message_id.isascii() and letter.message_id.isprintable() else ""
    return letter.subject[:120], words.splitlines(), known


def _said(error: BaukastenError) -> str:
    """Give a refusal in words: what it says of each entry, since a letter shows no form."""
    if isinstance(error, NotFound) and error.message == error.default:
        return str(_("What you answer to is no longer there."))
    fields = list(dict.fromkeys(error.errors.values())) if isinstance(error, Invalid) else []
    # The core's own sentences are translated where they are shown; what a plugin says is translated already.
    return " ".join(current().look_up("core", one) for one in fields or [error.message])
