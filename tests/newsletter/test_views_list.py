"""Subscribing: the form, the same answer for everybody, the mail, the confirmation, the short way for accounts."""

import re

import pytest
from sqlalchemy import select, text

from baukasten.tenants import settings
from baukasten_newsletter.keys import SubscriberState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, log, suppression, topics
from tests.newsletter.conftest import add_subscriber, add_topic, link_in, open_list

ANNA = "anna@post.example"
LIST = "/stadtbrief/"


@pytest.fixture
def first(session, letters):
    """The topic that the list was placed with."""
    return topics.listed(session, letters.id)[0].id


def values(topic, **more):
    return {
        "address": ANNA,
        "topics": [str(topic)],
        "frequency": "at_once",
        "language": "de",
        "name": "",
        **more,
    }


def send(browser, wanted, **more):
    """Fill in the form of the list."""
    return browser.post(LIST, data={**wanted, "_token": browser.token(LIST)}, **more)


def told(session, address=ANNA):
    session.rollback()
    rows = log.entries(session, addresses.fingerprint(session, address))
    return [(row.kind, row.how) for row in rows]


def state(session, address=ANNA):
    session.rollback()
    return session.scalar(select(Subscriber.state).where(Subscriber.address == address))


def test_a_list_begins_with_one_topic_and_a_form(client, letters, session, first):
    page = client.get(LIST)
    assert page.status_code == 200
    assert 'name="address"' in page.text
    assert 'name="topics"' not in page.text
    assert [row.title for row in topics.listed(session, letters.id)] == ["Stadtbrief"]


def test_a_request_waits_for_its_confirmation_and_both_are_proven(client, session, first, mailbox):
    shown = client.get(LIST).text
    answer = send(client, values(first))
    assert answer.status_code == 200
    assert state(session) == SubscriberState.PENDING
    (mail,) = mailbox.to(ANNA)
    assert told(session) == [("requested", ""), ("mailed", "confirm")]
    page = client.get(link_in(mail))
    assert state(session) == SubscriberState.PENDING
    done = client.post(link_in(mail))
    assert (page.status_code, done.status_code) == (200, 200)
    assert state(session) == SubscriberState.ACTIVE
    assert session.scalars(select(Subscription.state)).all() == ["active"]
    entries = log.entries(session, addresses.fingerprint(session, ANNA))
    assert [row.kind for row in entries] == ["requested", "mailed", "confirmed"]
    asked, mailed, agreed = entries
    (declaration,) = re.findall(r"data-declaration>(.*?)</p>", shown, re.DOTALL)
    assert asked.declaration == declaration == agreed.declaration
    assert asked.topics == agreed.topics == "Stadtbrief"
    assert asked.form.endswith(LIST)
    assert mailed.message_id == mail.message_id
    assert log.verify(session) is None
    # Pressed again it says the same and nothing more is written.
    assert client.post(link_in(mail)).status_code == 200
    assert len(told(session)) == 3


def test_opening_every_link_of_the_mail_changes_nothing(client, session, first, mailbox):
    send(client, values(first))
    (mail,) = mailbox.to(ANNA)
    before = told(session), state(session)
    for found in set(re.findall(r"https://[^/\s\"<]+(/[^\s\"<]*)", mail.text + mail.html)):
        for method in (client.get, client.head):
            assert method(found).status_code == 200
    assert (told(session), state(session)) == before


def test_the_answer_is_the_same_whether_somebody_has_subscribed(client, session, first, mailbox, statements):
    add_subscriber(session, first, address=ANNA)
    session.commit()
    send(client, values(first, address="dritte@post.example"))  # stores the declaration
    with statements() as known_statements:
        known = send(client, values(first))
    with statements() as new_statements:
        new = send(client, values(first, address="neue@post.example"))
    assert known.text.replace(ANNA, "") == new.text.replace("neue@post.example", "")
    assert len(known_statements) == len(new_statements)
    (mail,) = mailbox.to(ANNA)
    assert "/newsletter/bestaetigen/" not in mail.text
    assert client.get(link_in(mail, "einstellungen")).status_code == 200
    assert state(session) == SubscriberState.ACTIVE


def test_who_wants_no_mail_ever_again_gets_none(client, session, first, mailbox):
    suppression.suppress(session, addresses.fingerprint(session, ANNA), suppression.OWN_WISH)
    session.commit()
    assert send(client, values(first)).status_code == 200
    assert mailbox.to(ANNA) == []
    assert state(session) is None
    assert told(session) == [("suppressed", ""), ("requested", "")]


def test_one_address_gets_three_mails_a_day_and_a_network_twenty_requests_an_hour(
    client, session, first, mailbox, morning
):
    answers = [send(client, values(first)).text for _ in range(5)]
    assert len(set(answers)) == 1
    assert len(mailbox.to(ANNA)) == 3
    for number in range(15):
        assert send(client, values(first, address=f"a{number}@post.example")).status_code == 200
    assert send(client, values(first, address="b@post.example")).status_code == 429


def test_a_request_that_gets_no_mail_changes_nothing_that_the_last_mail_showed(
    client, session, first, mailbox
):
    for _number in range(3):
        send(client, values(first))
    before = told(session)
    assert send(client, values(first, name="Mallory")).status_code == 200
    assert told(session) == before
    assert session.scalars(select(Subscriber.name)).all() == [""]


def test_confirmation_mails_come_before_all_other_work(client, session, first, mailbox):
    send(client, values(first))
    query = text(
        "SELECT priority FROM jobs.procrastinate_jobs WHERE task_name = :name OR args ->> 'key' = :name"
    )
    found = session.execute(query, {"name": "newsletter.people.ask"}).scalars().all()
    assert found == [100]


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": ""},
        {"address": "anna"},
        {"address": "anna@post.example\r\nBcc: x@y.example"},
        {"address": "\x00"},
        {"frequency": "hourly"},
        {"language": "xx"},
        {"homepage": "https://spam.example"},
    ],
)
def test_what_cannot_be_taken_comes_back_and_nothing_is_stored(client, session, first, wrong):
    answer = send(client, values(first, **wrong))
    assert answer.status_code == 422
    assert session.scalar(select(Subscriber.id)) is None


def test_topics_of_another_list_cannot_be_chosen(client, session, letters, first, database, town):
    other = open_list(database, town, slug="blaettchen", title="Blättchen")
    foreign = topics.listed(session, other.id)[0].id
    add_topic(session, letters, "hafen", "Hafen")
    session.commit()
    assert send(client, values(foreign)).status_code == 422
    assert send(client, values("99999999999999999999")).status_code == 422


def test_the_latest_request_counts(client, session, letters, first, mailbox):
    harbour = add_topic(session, letters, "hafen", "Hafen")
    session.commit()
    send(client, values(first))
    send(client, values(harbour, name="Anna\r\nBcc: x@y.example"))
    mail = mailbox.to(ANNA)[0]
    assert "- Stadtbrief: Hafen\n" in mail.text
    assert "- Stadtbrief\n" not in mail.text
    client.post(link_in(mail))
    row = session.execute(select(Subscriber.name, Subscriber.id)).one()
    assert row.name == "Anna Bcc: x@y.example"
    assert session.scalars(select(Subscription.topic_id)).all() == [harbour]


def test_the_mail_that_asks_carries_no_words_of_whoever_filled_in_the_form(client, session, first, mailbox):
    send(client, values(first, name="Gewinn: https://elsewhere.example"))
    (mail,) = mailbox.to(ANNA)
    assert ("elsewhere" in mail.text, "elsewhere" in mail.html, "Gewinn" in mail.subject) == (
        False,
        False,
        False,
    )


def test_whose_mails_came_back_finds_the_way_to_get_them_again(client, session, first, mailbox):
    add_subscriber(session, first, address=ANNA, state=SubscriberState.UNDELIVERABLE)
    session.commit()
    send(client, values(first))
    (mail,) = mailbox.to(ANNA)
    page = client.get(link_in(mail, "einstellungen"))
    assert page.status_code == 200
    assert state(session) == SubscriberState.UNDELIVERABLE


def test_an_accounts_own_address_needs_one_press(browse, new_member, session, first, mailbox):
    member = new_member(name="Anna Siel")
    browser = browse(member)
    shown = browser.get(LIST).text
    (own,) = re.findall(r'name="address" value="([^"]+)"', shown)
    suppression.suppress(session, addresses.fingerprint(session, own), suppression.OWN_WISH)
    session.commit()
    assert send(browser, values(first, address=own)).status_code == 200
    assert state(session, own) == SubscriberState.ACTIVE
    assert mailbox.to(own) == []
    kinds = [("suppressed", ""), ("lifted", "account with this confirmed address")]
    assert told(session, own) == [*kinds, ("confirmed", "account with this confirmed address")]
    entry = log.entries(session, addresses.fingerprint(session, own))[-1]
    assert entry.actor_member_id == member.id
    assert entry.declaration
    assert "/newsletter/einstellungen/" in browser.get(LIST).text
    # Another address is asked first.
    send(browser, values(first))
    assert state(session) == SubscriberState.PENDING


def test_the_page_asks_few_questions(client, browse, new_member, letters, first, statements):
    for browser, most in ((client, 2), (browse(new_member()), 3)):
        with statements() as seen:
            browser.get(LIST)
        assert len([one for one in seen if "newsletter_" in one]) == most


def test_a_town_that_wants_it_keeps_the_network_and_no_address_of_a_machine(client, session, first):
    settings.write(session, "newsletter.people", {"network": True})
    session.commit()
    send(client, values(first), environ_base={"REMOTE_ADDR": "203.0.113.77"})
    entries = log.entries(session, addresses.fingerprint(session, ANNA))
    assert [entry.network for entry in entries] == ["203.0.113.0/24"]
