"""What people are told in digests, and on which days news were gathered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.sdk import rls

revision = "newsletter_0006"
down_revision = "newsletter_0005"
branch_labels = None
depends_on = None

DIGEST, DAY = "newsletter_digest", "newsletter_digest_day"


def upgrade() -> None:
    """Make the tables, then their locks."""
    op.create_table(
        DIGEST,
        *rls.key_columns(),
        sa.Column("issue_id", sa.BigInteger, nullable=False),
        sa.Column("subscriber_id", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("keys", JSONB, nullable=False),
        rls.foreign_key("issue_id", "newsletter_issue"),
        rls.foreign_key("subscriber_id", "newsletter_subscriber"),
        sa.UniqueConstraint("tenant_id", "subscriber_id", "day"),
    )
    op.create_index("ix_newsletter_digest_issue", DIGEST, ["tenant_id", "issue_id"])
    op.create_index("ix_newsletter_digest_day", DIGEST, ["tenant_id", "day"])
    op.create_table(
        DAY,
        *rls.key_columns(),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("items", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("people", sa.BigInteger, nullable=False, server_default="0"),
        sa.UniqueConstraint("tenant_id", "day"),
    )
    for table in (DIGEST, DAY):
        for statement in rls.protect(table):
            op.execute(statement)


def downgrade() -> None:
    """Remove them."""
    for table in (DAY, DIGEST):
        op.drop_table(table)
