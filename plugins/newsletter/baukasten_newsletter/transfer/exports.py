"""The table of a list's subscribers, as staff takes it away: made by the core, free of formulas, noted in the log."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from baukasten.plugin import Export, LazyText, ModuleRef, lazy
from baukasten_newsletter.keys import PEOPLE, Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription, Topic
from baukasten_newsletter.people.models import Suppression

_ = lazy("newsletter")

BATCH = 1000
NEVER = "never"
STATES: Mapping[str, LazyText] = {
    SubscriberState.PENDING: _("not confirmed"),
    SubscriberState.ACTIVE: _("active"),
    SubscriberState.LEFT: _("left"),
    SubscriberState.UNDELIVERABLE: _("takes no mail"),
    NEVER: _("blocked"),
}
OFTEN: Mapping[str, LazyText] = {
    Frequency.AT_ONCE: _("at once"),
    Frequency.DAILY: _("daily"),
    Frequency.WEEKLY: _("weekly"),
    Frequency.MONTHLY: _("monthly"),
}


def rows(session: Session, module: ModuleRef) -> Iterator[Sequence[Any]]:
    """Give everybody who chose a topic of a list, in batches; nobody of other lists."""
    last = 0
    query = _query(module)
    while batch := session.execute(query.where(Subscriber.id > last)).all():
        last = batch[-1].id
        for row in batch:
            often, state = OFTEN[row.frequency], STATES[row.state]
            topics = [one for one in row.topics if one]
            yield row.address, row.name, row.language, topics, str(often), row.since, str(state)


def _query(module: ModuleRef) -> Select[Any]:
    agreed = case((Subscription.state == SubscriptionState.ACTIVE, Topic.title), else_="")
    state = case((Suppression.id.is_not(None), NEVER), else_=Subscriber.state)
    return (
        select(
            Subscriber.id,
            Subscriber.address,
            Subscriber.name,
            Subscriber.language,
            Subscriber.frequency,
            func.array_agg(aggregate_order_by(agreed, Topic.position, Topic.id)).label("topics"),
            func.min(Subscription.since).label("since"),
            state.label("state"),
        )
        .join(
            Subscription,
            (Subscription.tenant_id == Subscriber.tenant_id) & (Subscription.subscriber_id == Subscriber.id),
        )
        .join(Topic, (Topic.tenant_id == Subscription.tenant_id) & (Topic.id == Subscription.topic_id))
        .outerjoin(
            Suppression,
            (Suppression.tenant_id == Subscriber.tenant_id)
            & (Suppression.fingerprint == Subscriber.fingerprint),
        )
        .where(Topic.module_id == module.id)
        .group_by(Subscriber.tenant_id, Subscriber.id, Suppression.id)
        .order_by(Subscriber.id)
        .limit(BATCH)
    )


EXPORTS = [
    Export(
        key="newsletter.subscribers",
        title=_("People who subscribed"),
        columns=["address", "name", "language", "topics", "frequency", "since", "state"],
        titles=[
            _("E-mail address"), _("Name"), _("Language"), _("Topics"), _("How often"), _("Since"), _("State"),
        ],
        permission=PEOPLE,
        rows=rows,
    )
]  # fmt: skip
