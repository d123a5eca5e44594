"""A town with a newsletter, its topics, and people who subscribed."""

import datetime as dt
import itertools
import re

import pytest

from baukasten import clock
from baukasten.plugin.refs import Role
from baukasten.projects.placing import place_module
from baukasten.tenants import settings
from baukasten_newsletter.keys import Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription, Topic

NOW = dt.datetime(2035, 3, 20, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def morning():
    """The clock stands still, at nine in the morning."""
    with clock.turned(NOW) as moment:
        yield moment


def open_list(database, town, *, slug="stadtbrief", title="Stadtbrief", **chosen):
    """A newsletter placed on the site."""
    with database.session(town.id) as session:
        settings.write(session, "site.legal", {"imprint": "Stadt, Am Markt 1"})
        module = place_module(session, None, "newsletter", title=title, slug=slug, settings=chosen)
        session.commit()
    return module


@pytest.fixture
def letters(database, town):
    """A placed list."""
    return open_list(database, town)


def add_topic(session, module, slug="rathaus", title="Aus dem Rathaus", **more):
    """A topic of a list; gives its number."""
    topic = Topic(module_id=module.id, slug=slug, title=title, **more)
    session.add(topic)
    session.flush()
    return topic.id


def link_in(mail, what="bestaetigen"):
    """Give the path of the one link of a mail that confirms, or does something else that is named."""
    (path,) = re.findall(rf"https://[^\s]+(/newsletter/{what}/[\w-]+)", mail.text)
    return path


_numbers = itertools.count(1)


def add_subscriber(session, *topics, address="", **more):
    """Somebody who confirmed these topics; gives the row."""
    address = address or f"leserin{next(_numbers)}@post.example"
    values = {
        "language": "de",
        "state": SubscriberState.ACTIVE,
        "frequency": Frequency.AT_ONCE,
        "confirmed_at": clock.now(),
        "fingerprint": session.contract.keyring.mac("newsletter.address", address),
        **more,
    }
    row = Subscriber(address=address, domain=address.rpartition("@")[2], **values)
    session.add(row)
    session.flush()
    for topic in topics:
        chosen = {"state": SubscriptionState.ACTIVE, "since": clock.now()}
        session.add(Subscription(subscriber_id=row.id, topic_id=topic, **chosen))
    session.flush()
    return row


@pytest.fixture
def admin(new_member):
    return new_member(Role.ADMIN, name="Ada Siel")


@pytest.fixture
def moderator(new_member):
    return new_member(Role.MODERATOR, name="Mo Deich")
