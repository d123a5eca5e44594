"""What the newsletter stores about people, how they get it, and how it is forgotten."""

from typing import Any, cast

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PersonalDataset, lazy
from baukasten.sdk import Scope
from baukasten_newsletter.models import Delivery, Issue, Subscriber, Subscription, Topic
from baukasten_newsletter.people import log, service, tidy

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}
CONSENT = _("Consent (GDPR Art. 6 (1) a)")
PROOF = _("Duty to prove the consent (GDPR Art. 7 (1)) and defence against claims (Art. 17 (3) e)")
TASK = _("Task in the public interest (GDPR Art. 6 (1) e)")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's subscriptions with their settings and topics."""
    columns = (
        Subscriber.address, Subscriber.name, Subscriber.language, Subscriber.state, Subscriber.frequency,
        Subscriber.paused_until, Subscriber.confirmed_at, Subscriber.left_at,
    )  # fmt: skip
    own = select(Subscriber.id, *columns).where(Subscriber.member_id == member_id).order_by(Subscriber.id)
    found = []
    for row in session.execute(own).mappings():
        topics = select(Topic.title, Subscription.state, Subscription.since)
        chosen = topics.join(Topic, Topic.id == Subscription.topic_id)
        chosen = chosen.where(Subscription.subscriber_id == row["id"]).order_by(Topic.id)
        values = {key: value for key, value in row.items() if key != "id"}
        found.append(values | {"topics": [dict(one) for one in session.execute(chosen).mappings()]})
    return found


def erase(session: Session, member_id: int) -> int:
    """Forget the addresses that a member subscribed with; the log keeps what it proves, without an address."""
    scope = cast("Scope", session)
    own = select(Subscriber.id, Subscriber.fingerprint).where(Subscriber.member_id == member_id)
    rows = session.execute(own.order_by(Subscriber.id).with_for_update()).all()
    for row in rows:
        service.leave(scope, row.id, how="account closed")
    return tidy.erase(scope, rows, "account closed")


def export_log(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give all entries of a member's addresses with the words that were agreed to."""
    own = select(Subscriber.fingerprint).where(Subscriber.member_id == member_id).order_by(Subscriber.id)
    names = (
        "number",
        "at",
        "kind",
        "topics",
        "language",
        "form",
        "how",
        "message_id",
        "network",
        "declaration",
    )
    return [
        {name: getattr(entry, name) for name in names}
        for fingerprint in session.scalars(own).all()
        for entry in log.entries(session, fingerprint)
    ]


def keep(_session: Session, _member_id: int) -> int:
    """Change nothing: what stays gives no address, and the proof is owed."""
    return 0


def export_deliveries(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give which issues were sent to a member's addresses, and what became of them."""
    query = select(Delivery.issue_id, Delivery.state, Delivery.handed_over_at, Delivery.code)
    own = query.join(Subscriber, Subscriber.id == Delivery.subscriber_id)
    rows = session.execute(own.where(Subscriber.member_id == member_id).order_by(Delivery.id))
    return [dict(row) for row in rows.mappings()]


STAFF = (Issue.created_by, Issue.asked_by, Issue.released_by)


def export_staff(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the issues that a member wrote or released for the town."""
    own = or_(*(column == member_id for column in STAFF))
    rows = session.execute(select(Issue.id, Issue.number, Issue.created_at).where(own).order_by(Issue.id))
    return [dict(row) for row in rows.mappings()]


def erase_staff(session: Session, member_id: int) -> int:
    """Take a member's name from what they wrote and released. Gives the rows changed."""
    changed = 0
    for column in STAFF:
        emptied = update(Issue).where(column == member_id).values({column.key: None}).returning(Issue.id)
        changed += len(session.execute(emptied, execution_options=UNSYNCED).all())
    return changed


DATASETS = [
    PersonalDataset(
        key="newsletter.subscribers",
        title=_("Your newsletters"),
        purpose=_("To send you the newsletters that you ordered, as you want them."),
        legal_basis=CONSENT,
        columns=(
            "newsletter_move.from_id",
            "newsletter_move.subscriber_id",
            "newsletter_subscriber.address",
            "newsletter_subscriber.domain",
            "newsletter_subscriber.fingerprint",
            "newsletter_subscriber.member_id",
            "newsletter_subscriber.name",
            "newsletter_subscription.subscriber_id",
        ),
        retention=_("30 days after you leave; a request that nobody confirms, 14 days"),
        export=export,
        erase=erase,
    ),
    PersonalDataset(
        key="newsletter.consents",
        title=_("Proof of your consent to newsletters"),
        purpose=_("To prove that you agreed, to what and when, and to never write to who wants no mail."),
        legal_basis=PROOF,
        columns=(
            "newsletter_consent.actor_member_id",
            "newsletter_consent.message_id",
            "newsletter_consent.network",
            "newsletter_consent.person",
            "newsletter_person.fingerprint",
            "newsletter_person.person",
            "newsletter_suppression.fingerprint",
        ),
        retention=_(
            "Three whole years after the last entry, without your address; then nobody can tell whose they are. "
            "That you want no mail is kept, as a keyed hash, until you take it back"
        ),
        export=export_log,
        erase=keep,
    ),
    PersonalDataset(
        key="newsletter.deliveries",
        title=_("What was sent to you"),
        purpose=_("To send each issue to each person once, and to notice addresses that take no mail."),
        legal_basis=CONSENT,
        columns=("newsletter_delivery.subscriber_id",),
        retention=_("As long as your address is known; then without it"),
        export=export_deliveries,
        erase=keep,
    ),
    PersonalDataset(
        key="newsletter.staff",
        title=_("Newsletters that you wrote or released for the town"),
        purpose=_("To show colleagues who prepared and who agreed."),
        legal_basis=TASK,
        columns=tuple(f"newsletter_issue.{column.key}" for column in STAFF),
        retention=_(
            "As long as the issue can be read; without your name from the day you close your account"
        ),
        export=export_staff,
        erase=erase_staff,
    ),
]
