"""A town with a digest of everything, news as a test wants them, and the job that gathers them."""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select, update

from baukasten import clock
from baukasten.db.session import Database
from baukasten.plugin import DigestItem, DigestKind, DigestSource, ProjectRef
from baukasten.plugin.hooks import Answer
from baukasten.plugin.refs import ModuleRef, TenantRef
from baukasten.plugin.work import Work, begin
from baukasten.projects.service import ProjectDraft, create_project
from baukasten.web import i18n
from baukasten_newsletter.digests import gathering
from baukasten_newsletter.digests.models import Digest
from baukasten_newsletter.keys import DeliveryState, TopicKind
from baukasten_newsletter.models import Delivery, Issue, Subscriber
from baukasten_newsletter.people import watching
from tests.newsletter.conftest import add_subscriber, add_topic, open_list

KEY = "forum.news"
MONDAY = dt.datetime(2035, 3, 19, 6, 30, tzinfo=dt.UTC)
"""Half past seven in Berlin."""
DAY = dt.timedelta(days=1)


@dataclass
class Town:
    """A town whose only source of news is the test."""

    database: Database
    ref: TenantRef
    module: ModuleRef
    items: list[DigestItem] = field(default_factory=list)
    own: dict[int, list[DigestItem]] = field(default_factory=dict)
    topics: list[int] = field(default_factory=list)

    def tell(self, name, *, at=None, project=None, due=None, title="", **more):
        """There is news from now on, until it is taken out of ``items``."""
        where = None if project is None else ProjectRef(project, f"p{project}", f"Projekt {project}")
        kind = more.pop("kind", DigestKind.NEW)
        item = DigestItem(
            f"{KEY}:{name}",
            kind,
            title or name,
            f"/forum/{name}",
            at or clock.now(),
            project=where,
            due=due,
            **more,
        )
        self.items.append(item)
        return item

    def reader(self, *topics, **more):
        """Somebody who chose these topics, or all that there are."""
        with self.database.session(self.ref.id) as session:
            row = add_subscriber(session, *(topics or self.topics), **more)
            session.commit()
            return row.id

    def topic(self, project_id=None, kind=TopicKind.DIGEST, slug="neues"):
        """A topic of the list."""
        with self.database.session(self.ref.id) as session:
            made = add_topic(session, self.module, slug=slug, title=slug, kind=kind, project_id=project_id)
            session.commit()
        self.topics.append(made)
        return made

    def job(self, session):
        """Let a session be that of a job."""
        begin(session, Work(1, 1, self.ref, frozenset({"forum", "newsletter"})))
        return session

    def gather(self, at=None, *, watched=True):
        """Run the job, as somebody who looked a moment ago; gives what everybody is told today by subscriber."""
        moment = at or clock.now()
        with clock.turned(moment), self.database.session(self.ref.id) as session:
            if watched:
                watching.note(session, digests_at=moment)
            with i18n.speaking(i18n.translator("de", self.ref.time_zone)):
                gathering.gather(self.job(session))
            session.commit()
            day = moment.astimezone(i18n.translator("de", self.ref.time_zone).formats.zone).date()
            return self.told(session, day)

    def told(self, session, day):
        query = (
            select(Digest.subscriber_id, Digest.keys, Digest.issue_id, Delivery.id)
            .outerjoin(
                Delivery,
                (Delivery.issue_id == Digest.issue_id) & (Delivery.subscriber_id == Digest.subscriber_id),
            )
            .where(Digest.day == day)
        )
        rows = session.execute(query).all()
        # No digest is without its delivery.
        assert all(row.id is not None for row in rows)
        return {row.subscriber_id: [key.removeprefix(f"{KEY}:") for key in row.keys] for row in rows}

    def becomes(self, state, *subscribers):
        """What became of the mails that wait."""
        values = {"state": state}
        values |= {"handed_over_at": clock.now()} if state == DeliveryState.HANDED_OVER else {"reason": "x"}
        with self.database.session(self.ref.id) as session:
            undone = update(Delivery).where(Delivery.state == DeliveryState.PENDING)
            if subscribers:
                undone = undone.where(Delivery.subscriber_id.in_(subscribers))
            session.execute(undone.values(values))
            session.commit()

    def change(self, subscriber_id, **values):
        with self.database.session(self.ref.id) as session:
            session.execute(update(Subscriber).where(Subscriber.id == subscriber_id).values(values))
            session.commit()

    def issues(self):
        with self.database.session(self.ref.id) as session:
            rows = session.execute(
                select(Issue.day, Issue.state).where(Issue.kind == "digest").order_by(Issue.day)
            )
            return [(row.day.isoformat(), row.state) for row in rows]

    def deliveries(self):
        with self.database.session(self.ref.id) as session:
            rows = session.execute(select(Delivery.state, Delivery.reason).order_by(Delivery.id))
            return [tuple(row) for row in rows]


def made_up(database, ref):
    """Let a town have news of the test alone."""
    with clock.turned(MONDAY - 30 * DAY):
        town = Town(database, ref, open_list(database, ref))

    def items(_session, stretch):
        known = [one for one in town.items if stretch.wants(one.project)]
        return [
            one
            for one in known
            if (one.at >= stretch.since if one.due is None else clock.now() < one.due < stretch.until)
        ]

    def find(_session, keys):
        alone = [item for found in town.own.values() for item in found]
        return [one for one in (*town.items, *alone) if one.key in keys]

    def members(_session, ids, since):
        return {key: [one for one in town.own[key] if one.at >= since] for key in ids if key in town.own}

    source = DigestSource(KEY, "", items, find, members)
    registry = dataclasses.replace(database.contract.registry, digests={KEY: Answer("forum", source)})
    town.database = dataclasses.replace(
        database, contract=dataclasses.replace(database.contract, registry=registry)
    )
    return town


def project_of(database, town):
    """A project of a town; gives its number."""
    with database.session(town.id) as session:
        project = create_project(session, None, ProjectDraft("Hafen"))
        session.commit()
    return project.id


@pytest.fixture
def stadt(database, town):
    """A town with one topic about everything; the clock stands at half past seven on a Monday."""
    made = made_up(database, town)
    with clock.turned(MONDAY - 20 * DAY):
        made.topic()
    with clock.turned(MONDAY):
        yield made
