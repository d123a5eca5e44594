"""Tables of the newsletter: topics, subscribers, issues in their languages, and a row for every mail to everybody."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key
from baukasten_newsletter.keys import (
    DeliveryState,
    Frequency,
    IssueKind,
    IssueState,
    SubscriberState,
    SubscriptionState,
    TopicKind,
)

ZERO, ONE, EMPTY = text("0"), text("1"), text("''")


class Topic(TenantOwned, Timestamps, Base):
    """Something that people choose to hear about, in one list."""

    __tablename__ = "newsletter_topic"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("project_id", "project"),
        UniqueConstraint("tenant_id", "module_id", "slug"),
        CheckConstraint("project_id IS NULL OR kind = 'digest'", name="project"),
    )

    module_id: Mapped[int]
    slug: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=EMPTY)
    kind: Mapped[str] = mapped_column(server_default=TopicKind.LETTERS)
    project_id: Mapped[int | None]
    """Whose modules a digest tells about; empty for all projects and the site."""
    position: Mapped[int] = mapped_column(server_default=ZERO)
    archived_at: Mapped[dt.datetime | None]
    """Since when nobody can choose it any more; issues of before keep it."""


class Subscriber(TenantOwned, Timestamps, Base):
    """An address in one town; what it agreed to stands in the log of consents."""

    __tablename__ = "newsletter_subscriber"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "address"),
        Index("ix_newsletter_subscriber_fingerprint", "tenant_id", "fingerprint"),
        Index("ix_newsletter_subscriber_member", "tenant_id", "member_id"),
        Index("ix_newsletter_subscriber_state", "tenant_id", "state", "id"),
    )

    address: Mapped[str]
    """Normalised; two ways of writing the same mailbox are one subscriber."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """Keyed hash of the address, by which it is found in lists that hold no addresses."""
    domain: Mapped[str]
    """Of the address, in ASCII; servers are given their mail by it."""
    name: Mapped[str] = mapped_column(server_default=EMPTY)
    """How the person wants to be greeted; may be empty."""
    language: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=SubscriberState.PENDING)
    frequency: Mapped[str] = mapped_column(server_default=Frequency.AT_ONCE)
    paused_until: Mapped[dt.datetime | None]
    member_id: Mapped[int | None]
    """Who subscribed with an account; the address may be another one than the account's."""
    epoch: Mapped[int] = mapped_column(server_default=ONE)
    """Stands in each signed link; a higher one makes the links of before worthless."""
    confirmed_at: Mapped[dt.datetime | None]
    left_at: Mapped[dt.datetime | None]


class Subscription(TenantOwned, Base):
    """One topic that a subscriber chose."""

    __tablename__ = "newsletter_subscription"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("subscriber_id", "newsletter_subscriber"),
        tenant_key("topic_id", "newsletter_topic"),
        UniqueConstraint("tenant_id", "subscriber_id", "topic_id"),
        Index("ix_newsletter_subscription_topic", "tenant_id", "topic_id", "state", "subscriber_id"),
    )

    subscriber_id: Mapped[int]
    topic_id: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=SubscriptionState.PENDING)
    since: Mapped[dt.datetime]
    """When it was asked for; once it is agreed to, when that was."""


class Issue(TenantOwned, Timestamps, Base):
    """One letter of a list, or the digests of one day; its words stand in its editions."""

    __tablename__ = "newsletter_issue"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("created_by", "membership", ondelete="SET NULL"),
        tenant_key("released_by", "membership", ondelete="SET NULL"),
        tenant_key("asked_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "module_id", "number"),
        UniqueConstraint("tenant_id", "day"),
        CheckConstraint("(kind = 'digest') = (day IS NOT NULL)", name="day"),
        CheckConstraint("(kind = 'digest') = (module_id IS NULL)", name="module"),
        CheckConstraint("version >= 1 AND revision >= 1", name="counters"),
        Index("ix_newsletter_issue_state", "tenant_id", "state"),
        Index("ix_newsletter_issue_module", "tenant_id", "module_id", "id"),
    )

    module_id: Mapped[int | None]
    """The list; empty for digests, which gather the news of all modules."""
    kind: Mapped[str] = mapped_column(server_default=IssueKind.LETTER)
    day: Mapped[dt.date | None]
    """Of digests, in the town's time zone."""
    number: Mapped[int | None]
    """In the archive of its list; given when sending begins."""
    state: Mapped[str] = mapped_column(server_default=IssueState.DRAFT)
    version: Mapped[int] = mapped_column(server_default=ONE)
    """Of what is sent; goes up when a mistake is mended while some people have it already."""
    revision: Mapped[int] = mapped_column(server_default=ONE)
    """Goes up with each saving, so that two editors notice each other."""
    papers: Mapped[list[int]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """Files that go with it, by their numbers; every language has the same."""
    visits: Mapped[int] = mapped_column(server_default=ZERO)
    """How often its page in the archive was seen; nobody knows by whom."""
    created_by: Mapped[int | None]
    asked_by: Mapped[int | None]
    """Who wants a second person to agree; that person must be another one."""
    released_by: Mapped[int | None]
    released_at: Mapped[dt.datetime | None]
    scheduled_at: Mapped[dt.datetime | None]
    started_at: Mapped[dt.datetime | None]
    active_at: Mapped[dt.datetime | None]
    """When somebody last worked on sending it."""
    finished_at: Mapped[dt.datetime | None]
    paused_at: Mapped[dt.datetime | None]
    pause_reason: Mapped[str] = mapped_column(server_default=EMPTY)
    """Why it stands still, as staff reads it; empty where somebody pressed the button."""


class IssueTopic(TenantOwned, Base):
    """A topic whose subscribers get an issue."""

    __tablename__ = "newsletter_issue_topic"
    __table_args__ = tenant_args(
        tenant_key("issue_id", "newsletter_issue"),
        tenant_key("topic_id", "newsletter_topic"),
        UniqueConstraint("tenant_id", "issue_id", "topic_id"),
        Index("ix_newsletter_issue_topic_topic", "tenant_id", "topic_id"),
    )

    issue_id: Mapped[int]
    topic_id: Mapped[int]


class Edition(TenantOwned, Base):
    """An issue in one language, as its writers change it."""

    __tablename__ = "newsletter_edition"
    __table_args__ = tenant_args(
        tenant_key("issue_id", "newsletter_issue"),
        UniqueConstraint("tenant_id", "issue_id", "language"),
    )

    issue_id: Mapped[int]
    language: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default=EMPTY)
    preheader: Mapped[str] = mapped_column(server_default=EMPTY)
    """What lists of mails show behind the subject."""
    blocks: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """The blocks in their order, each with ``kind`` and what that kind needs."""


class Rendering(TenantOwned, Base):
    """What one version of an issue says in one language, with slots for the personal parts; never changed."""

    __tablename__ = "newsletter_rendering"
    __table_args__ = tenant_args(
        tenant_key("issue_id", "newsletter_issue"),
        UniqueConstraint("tenant_id", "issue_id", "version", "language"),
    )

    issue_id: Mapped[int]
    version: Mapped[int]
    language: Mapped[str]
    subject: Mapped[str]
    html: Mapped[str]
    text: Mapped[str]
    page_html: Mapped[str]
    """The same as a page of the site shows it, without personal parts."""
    at: Mapped[dt.datetime]


def _way(name: str, column: str, where: str) -> Index:
    columns = ("tenant_id", "issue_id", column)
    return Index(f"ix_newsletter_delivery_{name}", *columns, postgresql_where=text(where))


class Delivery(TenantOwned, Base):
    """One issue for one person: the ledger by which nobody is missed and nobody written to twice."""

    __tablename__ = "newsletter_delivery"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("issue_id", "newsletter_issue"),
        tenant_key("subscriber_id", "newsletter_subscriber", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "issue_id", "subscriber_id"),
        Index("ix_newsletter_delivery_state", "tenant_id", "issue_id", "state", "domain", "due_at"),
        Index("ix_newsletter_delivery_subscriber", "tenant_id", "subscriber_id"),
        # Of a hundred thousand rows the few that wait are found without the many that went.
        _way("next", "id", "state = 'pending' AND due_at IS NULL"),
        _way("due", "due_at", "due_at IS NOT NULL"),
        _way("held", "lease_until", "lease_until IS NOT NULL"),
        _way("uncertain", "id", "uncertain_at IS NOT NULL"),
        CheckConstraint("state <> 'skipped' OR reason <> ''", name="skipped"),
        CheckConstraint("state <> 'handed_over' OR handed_over_at IS NOT NULL", name="handed_over"),
    )

    issue_id: Mapped[int]
    subscriber_id: Mapped[int | None]
    """Empty once the person was erased; what became of the mail still counts."""
    domain: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=DeliveryState.PENDING)
    reason: Mapped[str] = mapped_column(server_default=EMPTY)
    """Why it was skipped, or what the other server said last."""
    code: Mapped[int | None]
    """The other server's last answer (RFC 5321), such as 250 or 451."""
    attempts: Mapped[int] = mapped_column(server_default=ZERO)
    due_at: Mapped[dt.datetime | None]
    """When a deferred one is tried again."""
    lease_until: Mapped[dt.datetime | None]
    """Until when the worker that claimed it holds it."""
    worker: Mapped[str] = mapped_column(server_default=EMPTY)
    version: Mapped[int | None]
    """Of the issue, as it was handed over."""
    handed_over_at: Mapped[dt.datetime | None]
    uncertain_at: Mapped[dt.datetime | None]
    """When it was found on a connection that had broken off: it may have arrived, and went out once more."""


class Watch(TenantOwned, Base):
    """What a town's newsletters remember of themselves, so that a database of another time or house is noticed."""

    __tablename__ = "newsletter_watch"
    bumps_generation = False
    __table_args__ = tenant_args(UniqueConstraint("tenant_id"))

    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A keyed hash of nothing, by which the installation's secret is known again."""
    digests_at: Mapped[dt.datetime | None]
    """When somebody last looked whether digests are due."""
    digests_held_at: Mapped[dt.datetime | None]
    """Since when digests wait for somebody to say that they may go on."""
