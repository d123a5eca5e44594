"""Files of issues, visits in the archive, and who asked for a release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "newsletter_0003"
down_revision = "newsletter_0002"
branch_labels = None
depends_on = None

ISSUE = "newsletter_issue"


def upgrade() -> None:
    """Add the columns."""
    op.add_column(ISSUE, sa.Column("papers", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")))
    op.add_column(ISSUE, sa.Column("visits", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column(ISSUE, sa.Column("asked_by", sa.BigInteger))
    columns, rule = ["tenant_id", "asked_by"], "SET NULL (asked_by)"
    op.create_foreign_key(None, ISSUE, "membership", columns, ["tenant_id", "id"], ondelete=rule)
    op.create_index("ix_newsletter_issue_module", ISSUE, ["tenant_id", "module_id", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_newsletter_issue_module", ISSUE)
    for column in ("asked_by", "visits", "papers"):
        op.drop_column(ISSUE, column)
