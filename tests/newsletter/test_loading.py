"""A description fills a list: topics, people with their consents, issues that went out and a draft."""

import datetime as dt

from sqlalchemy import func, select

from baukasten.plugin.refs import ContentRef
from baukasten_newsletter import loading
from baukasten_newsletter.keys import DeliveryState, IssueState, SubscriberState
from baukasten_newsletter.letters import archive
from baukasten_newsletter.models import Delivery, Issue, IssueTopic, Subscriber, Topic
from baukasten_newsletter.people import log
from baukasten_newsletter.people.models import Consent, ConsentKind

TEXT = {"kind": "text", "text": "Moin, im Hafen wird es ernst."}
CONTENT = {
    "about": "Einmal im Monat.",
    "readers": 6,
    "origin": "Liste im Rathaus",
    "topics": [{"slug": "hafen", "title": "Hafen"}, {"slug": "neues", "title": "Neues", "kind": "digest"}],
    "issues": [
        {"subject": "Der Hafen", "topics": ["hafen"], "days": 3, "blocks": [TEXT], "key": "hafen"},
        {"subject": "Entwurf", "blocks": [TEXT]},
    ],
}


def test_a_list_is_filled(session, letters, admin, morning):
    found = loading.load(session, letters, {**CONTENT, "staff": admin, "now": morning})
    topics = {topic.slug: topic for topic in session.scalars(select(Topic))}
    assert [topics[slug].description for slug in ("stadtbrief", "hafen")] == ["Einmal im Monat.", ""]
    assert {slug: topic.kind for slug, topic in topics.items()} == {
        "stadtbrief": "letters",
        "hafen": "letters",
        "neues": "digest",
    }
    states = session.execute(select(Subscriber.state, func.count()).group_by(Subscriber.state)).all()
    assert states == [(SubscriberState.ACTIVE, 6)]
    kinds = session.execute(select(Consent.kind, func.count()).group_by(Consent.kind)).all()
    assert (kinds, log.verify(session)) == ([(ConsentKind.IMPORTED, 6)], None)
    sent, draft = session.scalars(select(Issue).order_by(Issue.id))
    assert (sent.state, sent.number, sent.started_at) == (IssueState.SENT, 1, morning - dt.timedelta(days=3))
    assert (draft.state, draft.number) == (IssueState.DRAFT, None)
    assert found == {"hafen": ContentRef(archive.TYPE, sent.id)}
    chosen = select(IssueTopic.topic_id).where(IssueTopic.issue_id == sent.id)
    assert session.scalars(chosen).all() == [topics["hafen"].id]
    # Two of three chose the second topic.
    counted = select(Delivery.issue_id, Delivery.state, func.count()).group_by(
        Delivery.issue_id, Delivery.state
    )
    assert session.execute(counted).all() == [(sent.id, DeliveryState.HANDED_OVER, 4)]


def test_an_empty_description_leaves_the_list_as_it_was_placed(session, letters, admin, morning):
    assert loading.load(session, letters, {"staff": admin, "now": morning}) == {}
    assert session.scalars(select(Topic.slug)).all() == ["stadtbrief"]
    assert session.scalars(select(Issue.id)).all() == []
