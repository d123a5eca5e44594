"""The table of subscribers: everybody of one list, nobody of another, with words that can be read back."""

from baukasten_newsletter.keys import Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscription
from baukasten_newsletter.people import addresses, suppression
from baukasten_newsletter.transfer import exports, headers
from baukasten_newsletter.transfer.headers import Status
from tests.newsletter.conftest import NOW, add_subscriber, add_topic, open_list


def test_everybody_of_the_list_stands_there_once(session, database, town, letters, morning, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    one, other = (
        add_topic(session, letters, slug=slug, title=slug, position=n) for n, slug in enumerate("ab", 5)
    )
    culture = open_list(database, town, slug="kulturbrief", title="Kulturbrief")
    foreign = add_topic(session, culture, slug="c", title="c")
    add_subscriber(session, one, other, address="ada@post.example", name="=1+1")
    add_subscriber(
        session, one, foreign, address="bo@post.example", frequency=Frequency.WEEKLY, language="en"
    )
    waits = add_subscriber(session, address="cy@post.example", state=SubscriberState.PENDING)
    session.add(
        Subscription(subscriber_id=waits.id, topic_id=one, state=SubscriptionState.PENDING, since=NOW)
    )
    blocked = add_subscriber(session, one, address="di@post.example")
    suppression.suppress(session, addresses.fingerprint(session, blocked.address), "wish")
    add_subscriber(session, foreign, address="eva@post.example")
    session.flush()
    found = [tuple(row) for row in exports.rows(session, letters)]
    assert found == [
        ("ada@post.example", "=1+1", "de", ["a", "b"], "at once", NOW, "active"),
        ("bo@post.example", "", "en", ["a"], "weekly", NOW, "active"),
        ("cy@post.example", "", "de", [], "at once", NOW, "not confirmed"),
        ("di@post.example", "", "de", ["a"], "at once", NOW, "blocked"),
    ]


def test_what_goes_out_can_come_in_again():
    (table,) = exports.EXPORTS
    assert headers.places([str(one) for one in table.titles]) == {
        headers.Column.ADDRESS: 0,
        headers.Column.NAME: 1,
        headers.Column.LANGUAGE: 2,
        headers.Column.STATUS: 6,
    }
    said = {key: headers.status_of(str(words)) for key, words in exports.STATES.items()}
    assert said == {
        "active": Status.WANTED,
        "pending": Status.UNWANTED,
        "left": Status.UNWANTED,
        "undeliverable": Status.UNWANTED,
        "never": Status.NEVER,
    }
