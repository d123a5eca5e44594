"""Sent issues with deliveries of all kinds."""

from types import SimpleNamespace

import pytest

from baukasten import clock
from baukasten_newsletter.keys import DeliveryState, IssueState
from baukasten_newsletter.models import Delivery, Edition, Issue
from baukasten_newsletter.returns.models import Return
from tests.newsletter.conftest import add_subscriber, add_topic


@pytest.fixture
def world(session, letters, morning):
    """``issue`` begins one, ``deliver`` adds deliveries of a state, ``came_back`` says why."""
    topic = add_topic(session, letters)

    def issue(module=letters, subject="Sommer", **more):
        values = {"state": IssueState.SENT, "started_at": clock.now(), **more}
        row = Issue(module_id=module.id, **values)
        session.add(row)
        session.flush()
        session.add(Edition(issue_id=row.id, language="de", subject=subject))
        session.flush()
        return row.id

    def deliver(issue_id, count=1, state=DeliveryState.HANDED_OVER, domain="post.example", **more):
        if state in (DeliveryState.HANDED_OVER, DeliveryState.BOUNCED, DeliveryState.COMPLAINED):
            more = {"handed_over_at": clock.now(), **more}
        rows = [
            Delivery(
                issue_id=issue_id,
                subscriber_id=add_subscriber(session, topic).id,
                domain=domain,
                language="de",
                state=state,
                **more,
            )
            for _number in range(count)
        ]
        session.add_all(rows)
        session.flush()
        return rows

    def came_back(delivery, kind):
        known = {"delivery_id": delivery.id, "issue_id": delivery.issue_id, "kind": kind}
        mark = f"{delivery.id}-{kind}"
        session.add(Return(fingerprint=mark, at=clock.now(), permanent=True, **known))
        session.flush()

    return SimpleNamespace(
        issue=issue, deliver=deliver, came_back=came_back, topic=topic, session=session, module=letters
    )
