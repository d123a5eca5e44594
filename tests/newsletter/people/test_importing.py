"""Bringing people in: many at once, with the origin of their consent, and never against their will."""

import pytest
from sqlalchemy import func, select

from baukasten.errors import Denied, Invalid
from baukasten_newsletter.keys import SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import (
    addresses,
    importing,
    joining,
    log,
    preferences,
    service,
    suppression,
    tidy,
    topics,
)
from baukasten_newsletter.people.importing import NewSubscriber, Origin
from tests.newsletter.conftest import add_subscriber, add_topic

LIST = Origin("Liste auf Papier, Mai 2026")


@pytest.fixture
def first(session, letters):
    return topics.listed(session, letters.id)[0].id


@pytest.fixture
def bring(session, letters, admin, first):
    def do(*typed, origin=LIST, actor=admin, **more):
        chosen = {"topics": (first,), **more}
        rows = [NewSubscriber(number, address, **chosen) for number, address in enumerate(typed, start=2)]
        expected = [one.outcome.value for one in importing.judge(session, rows)]
        found = importing.take(session, actor, letters, rows, origin, "de")
        assert [one.outcome.value for one in found] == expected
        return expected

    return do


def told(session, address):
    return [(row.kind, row.how) for row in log.entries(session, addresses.fingerprint(session, address))]


def test_each_is_proven_with_the_origin(session, bring, admin, first):
    assert bring("Ada@Post.example", '"b o"@post.example', "cy@bücher.example") == ["added"] * 3
    rows = session.execute(select(Subscriber.address, Subscriber.state).order_by(Subscriber.id)).all()
    assert [tuple(row) for row in rows] == [
        ("ada@post.example", "active"),
        ('"b o"@post.example', "active"),
        ("cy@xn--bcher-kva.example", "active"),
    ]
    assert told(session, "ada@post.example") == [("imported", LIST.words)]
    (entry,) = log.entries(session, addresses.fingerprint(session, "ada@post.example"))
    assert (entry.actor_member_id, entry.topics) == (admin.id, "Stadtbrief")
    assert log.verify(session) is None
    assert bring("ada@post.example", "neu@post.example") == ["known", "added"]
    assert log.verify(session) is None


def test_further_topics_widen_a_subscription(session, bring, letters, first):
    other = add_topic(session, letters, slug="kultur", title="Kultur")
    bring("ada@post.example")
    assert bring("ada@post.example", topics=(first, other)) == ["widened"]
    found = session.scalars(select(Subscription.topic_id).order_by(Subscription.topic_id)).all()
    assert found == sorted([first, other])


def test_who_waited_for_a_confirmation_is_active(session, bring, first):
    row = add_subscriber(
        session, address="ada@post.example", state=SubscriberState.PENDING, confirmed_at=None
    )
    waiting = {"state": SubscriptionState.PENDING, "since": row.created_at}
    session.add(Subscription(subscriber_id=row.id, topic_id=first, **waiting))
    session.flush()
    assert bring("ada@post.example") == ["widened"]
    assert session.scalar(select(Subscription.state)) == "active"
    assert session.scalar(select(Subscriber.state)) == "active"


def test_suppressed_stays_suppressed_and_left_stays_left(session, bring, first):
    suppression.suppress(session, addresses.fingerprint(session, "nie@post.example"), "wish")
    row = add_subscriber(session, first, address="weg@post.example")
    service.leave(session, row.id, how="one-click")
    assert bring("nie@post.example", "weg@post.example", "kein Mensch") == ["suppressed", "left", "invalid"]
    assert session.scalar(select(func.count()).select_from(Subscription)) == 0


def test_who_left_stays_away_after_the_address_was_forgotten(session, bring, first):
    row = add_subscriber(session, first, address="weg@post.example")
    service.leave(session, row.id, how="one-click")
    tidy.erase(session, [row], "30 days after leaving")
    assert bring("weg@post.example") == ["left"]
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_a_strangers_request_does_not_bring_back_who_left(session, letters, bring, first):
    row = add_subscriber(session, first, address="weg@post.example")
    service.leave(session, row.id, how="one-click")
    wish = joining.Wish("weg@post.example", [first], "de")
    joining.ask(session, letters, wish, log.NOWHERE)
    assert session.scalar(select(Subscriber.state)) == SubscriberState.PENDING
    assert bring("weg@post.example") == ["left"]
    assert session.scalar(select(Subscriber.state)) == SubscriberState.PENDING


def test_a_topic_that_somebody_gave_up_alone_stays_away(session, bring, letters, first):
    culture = add_topic(session, letters, slug="kultur", title="Kultur")
    third = add_topic(session, letters, slug="hafen", title="Hafen")
    bring("ada@post.example", "bo@post.example", topics=(first, culture))
    (ada,) = session.scalars(select(Subscriber.id).where(Subscriber.address == "ada@post.example"))
    service.leave(session, ada, how="settings", topics=[culture])
    chosen = select(Subscription.topic_id).where(Subscription.subscriber_id == ada)
    assert bring("ada@post.example", "bo@post.example", topics=(first, culture)) == ["left", "known"]
    assert bring("ada@post.example", topics=(first,)) == ["known"]
    assert bring("ada@post.example", topics=(first, culture, third)) == ["widened"]
    assert {*session.scalars(chosen)} == {first, third}
    at = log.Circumstances(how="settings")
    preferences.change(session, ada, preferences.Choice([first, culture], "at_once", "de"), at)
    service.leave(session, ada, how="settings", topics=[first])
    assert {*session.scalars(chosen)} == {culture}, "who takes it up again has it"
    assert bring("ada@post.example", topics=(culture, third)) == ["left"], "what was given up last"
    assert log.verify(session) is None


def test_names_have_one_line(session, bring):
    bring("ada@post.example", name="Ada\r\nBcc: x@post.example")
    assert session.scalar(select(Subscriber.name)) == "Ada Bcc: x@post.example"


def test_without_an_origin_nothing_is_brought_in(session, bring):
    with pytest.raises(Invalid) as caught:
        bring("ada@post.example", origin=Origin("  "))
    assert list(caught.value.errors) == ["origin"]
    assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_a_row_may_have_its_own_origin(session, letters, admin, first):
    row = NewSubscriber(2, "ada@post.example", topics=(first,), origin="Formular am Stand, 3. Mai")
    importing.take(session, admin, letters, [row], Origin(""), "de")
    assert told(session, "ada@post.example") == [("imported", "Formular am Stand, 3. Mai")]


def test_only_administrators_bring_people_in(bring, moderator):
    with pytest.raises(Denied):
        bring("ada@post.example", actor=moderator)


def test_never_again_of_another_program(session, letters, bring, admin):
    for typed in (["Nie@post.example", "nie@post.example", "kaputt"], ["nie@post.example"]):
        importing.take(session, admin, letters, [], Origin(""), "de", typed)
    assert told(session, "nie@post.example") == [("suppressed", "Stadtbrief")]
    assert bring("nie@post.example") == ["suppressed"]


def test_statements_do_not_grow_with_the_rows(session, bring, statements):
    bring("ada@post.example")
    with statements() as few:
        bring("bo@post.example")
    with statements() as many:
        bring(*(f"leserin{n}@post.example" for n in range(50)))
    assert len(many) == len(few)
