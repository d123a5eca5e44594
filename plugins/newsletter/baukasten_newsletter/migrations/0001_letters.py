"""Topics, subscribers, issues with their editions and renderings, and the ledger of deliveries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "newsletter_0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "newsletter_topic",
    "newsletter_subscriber",
    "newsletter_subscription",
    "newsletter_issue",
    "newsletter_issue_topic",
    "newsletter_edition",
    "newsletter_rendering",
    "newsletter_delivery",
)
COUNTED = ("newsletter_subscriber", "newsletter_issue", "newsletter_delivery")
"""What the console counts; nobody but the town itself changes it."""


def upgrade() -> None:
    """Make the tables, then their locks."""
    _topics()
    _subscribers()
    _subscriptions()
    _issues()
    _issue_topics()
    _editions()
    _renderings()
    _deliveries()
    for table in TABLES:
        for statement in rls.protect(table, operator="SELECT" if table in COUNTED else ""):
            op.execute(statement)


def _topics() -> None:
    op.create_table(
        "newsletter_topic",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger, nullable=False),
        sa.Column("slug", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("kind", sa.Text, nullable=False, server_default="letters"),
        sa.Column("project_id", sa.BigInteger),
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("archived_at", MOMENT),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("project_id", "project"),
        sa.UniqueConstraint("tenant_id", "module_id", "slug"),
        sa.CheckConstraint("project_id IS NULL OR kind = 'digest'", name="project"),
    )


def _subscribers() -> None:
    op.create_table(
        "newsletter_subscriber",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False, server_default=""),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("frequency", sa.Text, nullable=False, server_default="at_once"),
        sa.Column("paused_until", MOMENT),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("epoch", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("confirmed_at", MOMENT),
        sa.Column("left_at", MOMENT),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
        sa.UniqueConstraint("tenant_id", "address"),
    )
    op.create_index(
        "ix_newsletter_subscriber_fingerprint", "newsletter_subscriber", ["tenant_id", "fingerprint"]
    )
    op.create_index("ix_newsletter_subscriber_member", "newsletter_subscriber", ["tenant_id", "member_id"])
    op.create_index("ix_newsletter_subscriber_state", "newsletter_subscriber", ["tenant_id", "state", "id"])


def _subscriptions() -> None:
    op.create_table(
        "newsletter_subscription",
        *rls.key_columns(),
        sa.Column("subscriber_id", sa.BigInteger, nullable=False),
        sa.Column("topic_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("since", MOMENT, nullable=False),
        rls.foreign_key("subscriber_id", "newsletter_subscriber"),
        rls.foreign_key("topic_id", "newsletter_topic"),
        sa.UniqueConstraint("tenant_id", "subscriber_id", "topic_id"),
    )
    op.create_index(
        "ix_newsletter_subscription_topic",
        "newsletter_subscription",
        ["tenant_id", "topic_id", "state", "subscriber_id"],
    )


def _issues() -> None:
    op.create_table(
        "newsletter_issue",
        *rls.key_columns(),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False, server_default="letter"),
        sa.Column("day", sa.Date),
        sa.Column("number", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False, server_default="draft"),
        sa.Column("version", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("revision", sa.BigInteger, nullable=False, server_default="1"),
        sa.Column("created_by", sa.BigInteger),
        sa.Column("released_by", sa.BigInteger),
        sa.Column("released_at", MOMENT),
        sa.Column("scheduled_at", MOMENT),
        sa.Column("started_at", MOMENT),
        sa.Column("finished_at", MOMENT),
        sa.Column("paused_at", MOMENT),
        sa.Column("pause_reason", sa.Text, nullable=False, server_default=""),
        rls.foreign_key("module_id", "module"),
        rls.foreign_key("created_by", "membership", ondelete="SET NULL (created_by)"),
        rls.foreign_key("released_by", "membership", ondelete="SET NULL (released_by)"),
        sa.UniqueConstraint("tenant_id", "module_id", "number"),
        sa.UniqueConstraint("tenant_id", "day"),
        sa.CheckConstraint("(kind = 'digest') = (day IS NOT NULL)", name="day"),
        sa.CheckConstraint("(kind = 'digest') = (module_id IS NULL)", name="module"),
        sa.CheckConstraint("version >= 1 AND revision >= 1", name="counters"),
    )
    op.create_index("ix_newsletter_issue_state", "newsletter_issue", ["tenant_id", "state"])


def _issue_topics() -> None:
    op.create_table(
        "newsletter_issue_topic",
        *rls.key_columns(),
        sa.Column("issue_id", sa.BigInteger, nullable=False),
        sa.Column("topic_id", sa.BigInteger, nullable=False),
        rls.foreign_key("issue_id", "newsletter_issue"),
        rls.foreign_key("topic_id", "newsletter_topic"),
        sa.UniqueConstraint("tenant_id", "issue_id", "topic_id"),
    )
    op.create_index("ix_newsletter_issue_topic_topic", "newsletter_issue_topic", ["tenant_id", "topic_id"])


def _editions() -> None:
    op.create_table(
        "newsletter_edition",
        *rls.key_columns(),
        sa.Column("issue_id", sa.BigInteger, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False, server_default=""),
        sa.Column("preheader", sa.Text, nullable=False, server_default=""),
        sa.Column("blocks", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        rls.foreign_key("issue_id", "newsletter_issue"),
        sa.UniqueConstraint("tenant_id", "issue_id", "language"),
    )


def _renderings() -> None:
    op.create_table(
        "newsletter_rendering",
        *rls.key_columns(),
        sa.Column("issue_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("page_html", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        rls.foreign_key("issue_id", "newsletter_issue"),
        sa.UniqueConstraint("tenant_id", "issue_id", "version", "language"),
    )


def _deliveries() -> None:
    op.create_table(
        "newsletter_delivery",
        *rls.key_columns(),
        sa.Column("issue_id", sa.BigInteger, nullable=False),
        sa.Column("subscriber_id", sa.BigInteger),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="pending"),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("code", sa.BigInteger),
        sa.Column("attempts", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("due_at", MOMENT),
        sa.Column("lease_until", MOMENT),
        sa.Column("worker", sa.Text, nullable=False, server_default=""),
        sa.Column("version", sa.BigInteger),
        sa.Column("handed_over_at", MOMENT),
        sa.Column("uncertain_at", MOMENT),
        rls.foreign_key("issue_id", "newsletter_issue"),
        rls.foreign_key("subscriber_id", "newsletter_subscriber", ondelete="SET NULL (subscriber_id)"),
        sa.UniqueConstraint("tenant_id", "issue_id", "subscriber_id"),
        sa.CheckConstraint("state <> 'skipped' OR reason <> ''", name="skipped"),
        sa.CheckConstraint("state <> 'handed_over' OR handed_over_at IS NOT NULL", name="handed_over"),
    )
    op.create_index(
        "ix_newsletter_delivery_state",
        "newsletter_delivery",
        ["tenant_id", "issue_id", "state", "domain", "due_at"],
    )
    op.create_index(
        "ix_newsletter_delivery_subscriber", "newsletter_delivery", ["tenant_id", "subscriber_id"]
    )


def downgrade() -> None:
    """Drop the tables again."""
    for table in reversed(TABLES):
        op.drop_table(table)
