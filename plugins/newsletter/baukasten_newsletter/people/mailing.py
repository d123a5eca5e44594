"""The one mail of a request: asks for the confirmation, or says that somebody has subscribed already. A job."""

from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten.plugin import Job, lazy
from baukasten.sdk import Scope, mail_url, module_by_id, send_mail
from baukasten_newsletter.keys import Purpose, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import joining, log, reader, service, suppression, titles
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}
CONFIRM, ALREADY, NEVER = "newsletter/mail/confirm", "newsletter/mail/already", "newsletter/mail/never"
NEVER_JOB = "newsletter.people.never"
DAYS = 14
"""After which a request that nobody confirmed is forgotten."""


def ask(session: Session, *, subscriber_id: int, module_id: int) -> None:
    """Write to somebody who asked, in the language of the form; never to those who want no mail at all."""
    scope = cast("Scope", session)
    row = session.execute(select(*Subscriber.__table__.c).where(Subscriber.id == subscriber_id)).one_or_none()
    module = module_by_id(session, module_id)
    if row is None or module is None:
        return
    if suppression.is_suppressed(scope, [row.address]):
        _forget(scope, row)
    else:
        _send(scope, row, module.title)
    session.commit()


def ask_never(session: Session, *, subscriber_id: int) -> None:
    """Ask whoever reads at an address whether no town may write to it any more: a forwarded mail proves nothing."""
    scope = cast("Scope", session)
    row = session.execute(select(*Subscriber.__table__.c).where(Subscriber.id == subscriber_id)).one_or_none()
    if row is None or suppression.is_nowhere_written_to(scope, row.fingerprint):
        return
    link = mail_url(scope, reader.path(scope, Purpose.NEVER, row.id, row.epoch), row.language)
    subject = _("Shall no town write to you any more?")
    message_id = send_mail(scope, row.address, NEVER, subject, language=row.language, link=link, name="")
    if message_id:
        told = Circumstances(message_id=message_id, language=row.language, how="never")
        log.write(scope, ConsentKind.MAILED, row.fingerprint, at=told)
    session.commit()


def _send(session: Scope, row: Any, title: str) -> None:
    waiting = joining.waiting(session, row.id)
    # Whose mails came back finds on the page of settings how to get them again.
    if not waiting and row.state not in (SubscriberState.ACTIVE, SubscriberState.UNDELIVERABLE):
        return
    purpose = Purpose.CONFIRM if waiting else Purpose.PREFERENCES
    link = mail_url(session, reader.path(session, purpose, row.id, row.epoch), row.language)
    template, subject = (
        (CONFIRM, _("Please confirm: %(list)s")) if waiting else (ALREADY, _("You have subscribed already"))
    )
    message_id = send_mail(
        session,
        row.address,
        template,
        subject,
        language=row.language,
        link=link,
        list=title,
        # Before somebody confirmed, a stranger may have written the name: such a mail carries nobody's words.
        name=row.name if row.state == SubscriberState.ACTIVE else "",
        topics=titles.of(session, waiting).splitlines(),
        days=DAYS,
    )
    if message_id:
        how = template.rpartition("/")[2]
        told = Circumstances(message_id=message_id, language=row.language, how=how)
        log.write(session, ConsentKind.MAILED, row.fingerprint, titles.of(session, waiting), told)


def _forget(session: Scope, row: Any) -> None:
    """Forget a request for an address that is never written to, and its address where nothing else needs it."""
    # The person's row first, as everywhere.
    service.locked(session, row.id)
    pending = Subscription.state == SubscriptionState.PENDING
    asked = delete(Subscription).where(Subscription.subscriber_id == row.id, pending)
    session.execute(asked, execution_options=UNSYNCED)
    # As it is now: the row was read before.
    gone = delete(Subscriber).where(Subscriber.id == row.id, Subscriber.state == SubscriberState.PENDING)
    session.execute(gone, execution_options=UNSYNCED)


JOBS = [Job(joining.ASK_JOB, ask), Job(NEVER_JOB, ask_never)]
