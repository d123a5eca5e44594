"""What comes back: a row a letter, the letters nobody could read, and how addresses fare."""

import sqlalchemy as sa
from alembic import op

from baukasten.sdk import rls

revision = "newsletter_0005"
down_revision = "newsletter_0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("newsletter_return", "newsletter_returned_letter", "newsletter_score")


def upgrade() -> None:
    """Make the tables, then their locks."""
    _returns()
    _letters()
    _scores()
    for table in TABLES:
        for statement in rls.protect(table):
            op.execute(statement)


def _returns() -> None:
    op.create_table(
        "newsletter_return",
        *rls.key_columns(),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("delivery_id", sa.BigInteger),
        sa.Column("issue_id", sa.BigInteger),
        sa.Column("subscriber_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("permanent", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False, server_default=""),
        sa.Column("said", sa.Text, nullable=False, server_default=""),
        sa.Column("settled_at", MOMENT),
        sa.Column("settled_by", sa.BigInteger),
        rls.foreign_key("delivery_id", "newsletter_delivery", ondelete="SET NULL (delivery_id)"),
        rls.foreign_key("issue_id", "newsletter_issue", ondelete="SET NULL (issue_id)"),
        rls.foreign_key("subscriber_id", "newsletter_subscriber", ondelete="SET NULL (subscriber_id)"),
        rls.foreign_key("settled_by", "membership", ondelete="SET NULL (settled_by)"),
        sa.UniqueConstraint("tenant_id", "fingerprint"),
        sa.CheckConstraint("(settled_by IS NULL) OR (settled_at IS NOT NULL)", name="settled"),
    )
    table = "newsletter_return"
    op.create_index("ix_newsletter_return_delivery", table, ["tenant_id", "delivery_id"])
    op.create_index("ix_newsletter_return_issue", table, ["tenant_id", "issue_id", "kind"])
    op.create_index("ix_newsletter_return_subscriber", table, ["tenant_id", "subscriber_id", "at"])
    op.create_index("ix_newsletter_return_settled_by", table, ["tenant_id", "settled_by"])


def _letters() -> None:
    op.create_table(
        "newsletter_returned_letter",
        *rls.key_columns(),
        sa.Column("return_id", sa.BigInteger, nullable=False),
        sa.Column("subscriber_id", sa.BigInteger),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        rls.foreign_key("return_id", "newsletter_return"),
        rls.foreign_key("subscriber_id", "newsletter_subscriber"),
        sa.UniqueConstraint("tenant_id", "return_id"),
    )
    op.create_index(
        "ix_newsletter_returned_letter_subscriber",
        "newsletter_returned_letter",
        ["tenant_id", "subscriber_id"],
    )


def _scores() -> None:
    op.create_table(
        "newsletter_score",
        *rls.key_columns(),
        sa.Column("subscriber_id", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        rls.foreign_key("subscriber_id", "newsletter_subscriber"),
        sa.UniqueConstraint("tenant_id", "subscriber_id"),
    )


def downgrade() -> None:
    """Drop the tables again."""
    for table in reversed(TABLES):
        op.drop_table(table)
