"""An issue on its way, a delivery, and servers that report about it over the installation's door."""

import dataclasses
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.inbox.door import Door
from baukasten.mail.incoming import addresses
from baukasten.mail.incoming.reading import Envelope
from baukasten.mail.post import TOOL
from baukasten_newsletter.keys import DeliveryState, IssueState
from baukasten_newsletter.models import Delivery, Issue, Subscriber
from baukasten_newsletter.returns.models import Return
from tests.core.inbox.listening import listening
from tests.newsletter.conftest import add_subscriber, add_topic


@pytest.fixture
def mail_config(base_config):
    """Settings with which each town takes reports at its own host."""
    return dataclasses.replace(base_config, answers_to="towns")


@pytest.fixture
def door(database, mail_config):
    return Door(database, mail_config)


@pytest.fixture
def lmtp(door):
    """Gives a conversation with the listener that takes letters from the mail server; it ends with the test."""
    with listening(door) as begin:
        yield begin


@pytest.fixture
def world(database, town, letters):
    """Sent issues; ``deliver`` gives a fresh delivery to a fresh or known subscriber."""

    def issue():
        with database.session(town.id) as session:
            now = clock.now()
            row = Issue(module_id=letters.id, state=IssueState.SENT, started_at=now, finished_at=now)
            session.add(row)
            session.commit()
            return row.id

    with database.session(town.id) as session:
        topic = add_topic(session, letters)
        session.commit()

    def deliver(subscriber_id=None, issue_id=None, **more):
        with database.session(town.id) as session:
            who = subscriber_id or add_subscriber(session, topic).id
            values = {
                "state": DeliveryState.HANDED_OVER,
                "handed_over_at": clock.now(),
                "domain": "post.example",
                "language": "de",
                **more,
            }
            row = Delivery(issue_id=issue_id or issue(), subscriber_id=who, **values)
            session.add(row)
            session.commit()
            return SimpleNamespace(id=row.id, subscriber_id=who, issue_id=row.issue_id)

    def read(model, row_id):
        with database.session(town.id) as session:
            return session.scalars(select(model).where(model.id == row_id)).one_or_none()

    def rows():
        with database.session(town.id) as session:
            return session.scalars(select(Return).order_by(Return.id)).all()

    return SimpleNamespace(
        issue=issue,
        deliver=deliver,
        delivery=lambda one: read(Delivery, one.id),
        subscriber=lambda one: read(Subscriber, one.subscriber_id),
        rows=rows,
        topic=topic,
        module=letters,
        town=town,
    )


@pytest.fixture
def verp(mail_config, town):
    """Gives the address to which reports about a delivery go."""

    def make(delivery, where=None):
        place = where or town
        signed = addresses.Signed("rueckweg", place.id, 0, delivery.id)
        return f"{addresses.local_part(mail_config.secret_key, signed)}@{place.host}"

    return make


@pytest.fixture
def arrive(door, verp, mailbox, mail_config):
    """Lets letters come back about deliveries, and everything be done that follows; pairs of bytes and delivery."""
    mailbox.tools[TOOL] = dataclasses.replace(mailbox.tools[TOOL], config=mail_config)

    def do(*letters):
        outcomes = [door.take(raw, Envelope(verp(delivery), "")) for raw, delivery in letters]
        mailbox.deliver()
        return outcomes

    return do


def report(status="5.1.1", action="failed", said="550 5.1.1 User unknown", number=1):
    """A report of another server in fields."""
    return f"""\
From: MAILER-DAEMON@mx.post.example
To: rueckweg@stadt.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{number}@mx.post.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

This is the mail system at host mx.post.example.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.post.example

Final-Recipient: rfc822; leserin@post.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
""".encode()


def complaint(number=1, kind="abuse"):
    """A complaint that a mail service passes on."""
    return f"""\
From: fbl@mail.example
Message-ID: <arf-{number}@mail.example>
Subject: Feedback
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

Diese Mail wurde als unerwünscht gemeldet.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: Loop/1.0
Version: 1
Original-Rcpt-To: leserin@post.example

--b
Content-Type: message/rfc822

Subject: Stadtbrief

Guten Tag
--b--
""".encode()


def note(number=1):
    """A holiday note."""
    return f"""\
From: Leserin <leserin@post.example>
Subject: Automatische Antwort: Stadtbrief
Message-ID: <note-{number}@post.example>
Auto-Submitted: auto-replied

Ich bin bis Montag nicht erreichbar.
""".encode()


def riddle(number=1, text="Guten Tag, wann kommt der Bus?"):
    """A letter that says nothing about a mail of ours."""
    return f"""\
From: Leser <leser@post.example>
Subject: Frage <b>an die Stadt</b>
Message-ID: <riddle-{number}@post.example>

{text}
""".encode()


def farewell(number=1, subject="unsubscribe"):
    """What a mail program writes to the address that ``List-Unsubscribe`` names."""
    return f"""\
From: Leserin <leserin@post.example>
Subject: {subject}
Message-ID: <farewell-{number}@post.example>
Auto-Submitted: auto-generated

This message was generated by a mail program.
""".encode()
