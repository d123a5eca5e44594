"""Letters on their way before pages are looked at: one ready, one that goes out with hitches, one that stands still."""

import datetime as dt

from sqlalchemy import select

from baukasten import clock
from baukasten.plugin.refs import Role
from baukasten.projects import queries
from baukasten.web import i18n
from baukasten_newsletter.keys import DeliveryState, IssueState, SubscriberState, SubscriptionState
from baukasten_newsletter.letters import blocks, service
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Subscriber, Subscription
from tests.journeys.exhibition import Exhibition
from tests.journeys.townhall import TOWN, member_of
from tests.journeys.written import LIST

STATES = (
    DeliveryState.HANDED_OVER,
    DeliveryState.HANDED_OVER,
    DeliveryState.DEFERRED,
    DeliveryState.FAILED,
    DeliveryState.PENDING,
)


def send(shown: Exhibition) -> dict[str, str]:
    """Bring letters on their way; gives what addresses name."""
    with i18n.speaking(i18n.translator("de")), shown.database.session(shown.town(TOWN).id) as session:
        writer = member_of(shown, session, Role.MODERATOR)
        (module,) = (one for one in queries.modules(session, None) if one.slug == LIST)
        now = clock.now()
        readers = []
        for number in range(len(STATES)):
            address = f"unterwegs{number}@post.example"
            fingerprint = session.contract.keyring.mac("newsletter.address", address)
            readers.append(
                Subscriber(
                    address=address,
                    domain="post.example",
                    fingerprint=fingerprint,
                    language="de",
                    state=SubscriberState.ACTIVE,
                )
            )
        session.add_all(readers)
        session.flush()
        paths = {}
        for name in ("sending_issue", "stopped_issue"):
            issue = service.create(session, writer, module)
            words = service.Words(
                "Der Kai wird erneuert", "", blocks.check([{"kind": "text", "text": "Moin."}])
            )
            service.save(session, writer, module, issue.id, "de", words, issue.revision)
            session.flush()
            for reader, state in zip(readers, STATES, strict=True):
                session.add(_delivery(issue, reader, state, now))
            issue.started_at = issue.active_at = now
            issue.state = IssueState.SENDING
            paths[name] = f"/{LIST}/ausgaben/{issue.id}/versand"
        ready = service.copy(session, writer, module, issue.id)
        topic = session.scalars(select(IssueTopic.topic_id).where(IssueTopic.issue_id == ready.id)).one()
        for reader in readers:
            chosen = {"state": SubscriptionState.ACTIVE, "since": now}
            session.add(Subscription(subscriber_id=reader.id, topic_id=topic, **chosen))
        paths["ready_issue"] = f"/{LIST}/ausgaben/{ready.id}/versand"
        issue.state, issue.paused_at = IssueState.PAUSED, now
        issue.pause_reason = "Zu viele Server weisen unsere Mails des Absenders wegen ab."
        session.commit()
        return paths


def _delivery(issue: Issue, reader: Subscriber, state: DeliveryState, now: dt.datetime) -> Delivery:
    over = state is DeliveryState.HANDED_OVER
    return Delivery(
        issue_id=issue.id,
        subscriber_id=reader.id,
        domain=reader.domain,
        language="de",
        state=state,
        handed_over_at=now if over else None,
        uncertain_at=now if over else None,
        due_at=now + dt.timedelta(hours=1) if state is DeliveryState.DEFERRED else None,
        reason="" if over else "4.2.1 busy",
    )
