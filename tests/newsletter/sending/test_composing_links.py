"""What programs do with the links of mails: looking changes nothing, one click counts even while an issue goes out."""

import email
import email.policy
import re

import pytest
from sqlalchemy import select

from baukasten.mail import line
from baukasten.plugin.work import Work, begin
from baukasten_newsletter import links
from baukasten_newsletter.keys import IssueState, Purpose, SubscriberState
from baukasten_newsletter.models import Delivery, Subscriber
from baukasten_newsletter.sending import audience, ledger, slices
from tests.newsletter.conftest import NOW, add_subscriber, add_topic
from tests.newsletter.sending.conftest import add_issue

LINK = re.compile(r"https://[^\s<>\"]+")


@pytest.fixture
def issue(database, town, letters, morning):
    """An issue to four people that is being sent; gives its number."""
    with database.session(town.id) as session:
        topic = add_topic(session, letters)
        for number in range(4):
            add_subscriber(session, topic, address=f"l{number}@post.example")
        made = add_issue(session, letters, topic, state=IssueState.SENDING, started_at=NOW, active_at=NOW)
        audience.snapshot(session, made)
        session.commit()
        return made.id


@pytest.fixture
def send(database, town, outgoing, mailbox, issue):
    def run():
        with database.session(town.id) as session:
            begin(session, Work(1, 1, town, frozenset(), {**mailbox.tools, line.TOOL: outgoing}))
            slices.send(session, issue_id=issue, seconds=30.0)
            session.commit()

    return run


def path_of(town, address):
    return address.removeprefix(f"https://{town.host}")


def test_every_link_is_looked_at_and_nobody_is_unsubscribed(send, smtp, client, town, session):
    send()
    addresses = set()
    for _sender, _to, content in smtp.mails:
        mail = email.message_from_bytes(content, policy=email.policy.default)
        words = "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")
        addresses |= {*LINK.findall(words), *LINK.findall(mail["List-Unsubscribe"])}
    assert len(addresses) == 2 * len(smtp.mails) == 8
    for address in sorted(addresses):
        for method in ("GET", "HEAD"):
            assert client.open(path_of(town, address), method=method).status_code == 200
    assert set(session.scalars(select(Subscriber.state))) == {SubscriberState.ACTIVE}


def test_one_click_counts_although_a_worker_holds_the_mail(
    send, smtp, client, town, database, session, issue
):
    with database.session(town.id) as working:
        begin(working, Work(1, 1, town, frozenset()))
        worker = ledger.Worker("busy", issue, 1, "letter")
        held = ledger.claim(working, worker, 10, NOW)[1]
        working.commit()
        address = leave_address(database, town, held[0].subscriber_id)
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
        numbers = [one.delivery_id for one in held]
        assert ledger.turn(working, worker, {}, numbers, NOW) == set(numbers[1:])
        ledger.give_back(working, worker)
        working.commit()
    send()
    rows = session.execute(select(Delivery.state, Delivery.reason).where(Delivery.id == numbers[0])).all()
    assert rows == [("skipped", "left")]


def leave_address(database, town, subscriber_id):
    """The address in List-Unsubscribe of one person's mail."""
    with database.session(town.id) as session:
        row = session.get_one(Subscriber, (town.id, subscriber_id))
        token = links.make(session.contract.keyring, town.id, Purpose.LEAVE, row.id, row.epoch)
    return f"/newsletter/abmelden/{token}"
